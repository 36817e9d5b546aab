//! Generated bodies of requests for a token.

use proptest::prelude::*;

use super::{LONGEST, parse};
use crate::hostile::{self, quickly};

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        r#"{"allowed_apps":["acme/paint","x"],"token_expiration":120}"#,
        r#"{"allowed_apps":["x"],"duration":0.5}"#,
        r#"{"app":"x","token_expiration":null,"duration":86400}"#,
    ])
}

#[test]
fn mixed_bodies_are_understood_and_refused() {
    hostile::assert_mixed(&bodies(), |body| parse(&body).is_ok());
}

proptest! {
    #[test]
    fn a_token_is_for_some_apps_and_for_a_day_at_most(body in bodies()) {
        let Ok(ask) = quickly(|| parse(&body)) else { return Ok(()) };
        prop_assert!(!ask.apps.is_empty());
        prop_assert!(ask.seconds > 0.0 && ask.seconds <= LONGEST, "{}", ask.seconds);
    }
}
