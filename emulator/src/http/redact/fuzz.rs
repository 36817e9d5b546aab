//! Queries with a token in them.

use proptest::prelude::*;
use url::form_urlencoded;

use super::redact_query;
use crate::hostile::{self, quickly};

proptest! {
    #[test]
    fn no_token_is_shown_however_it_is_spelt(
        query in hostile::text(&["fal_jwt_token=hush&max_buffering=5", "a=b&fal_jwt_token=hush", "fal%5Fjwt_token=hush&x", "a=1&b=2"]),
    ) {
        let shown = quickly(|| redact_query(&query));
        for (name, value) in form_urlencoded::parse(shown.as_bytes()) {
            prop_assert!(name != "fal_jwt_token" || value == "present" || value.is_empty(), "{}", shown);
        }
        let others = |query: &str| -> Vec<(String, String)> {
            let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
            pairs.filter(|(name, _)| name != "fal_jwt_token").collect()
        };
        prop_assert_eq!(others(&shown), others(&query));
    }
}
