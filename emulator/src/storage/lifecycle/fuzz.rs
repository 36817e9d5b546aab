//! Generated lifecycle headers.

use axum::http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::hostile::{self, quickly};

fn headers() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        r#"{"expiration_duration_seconds":3600}"#,
        r#"{"expiration_duration_seconds":0.5,"initial_acl":{"default":"hide"}}"#,
        r#"{"initial_acl":{"default":"forbid","rules":[{"user":"acme","decision":"allow"}]}}"#,
        r#"{"expiration_duration_seconds":1e308}"#,
    ])
}

#[test]
fn mixed_headers_are_understood_and_ignored() {
    hostile::assert_mixed(&headers(), |json| Wish::parse(&json).is_some());
}

proptest! {
    #[test]
    fn a_file_never_ends_before_it_is_stored_and_its_note_is_read_back(json in headers(), now in 0_u64..1 << 50) {
        let Ok(value) = HeaderValue::from_bytes(&json) else { return Ok(()) };
        let headers = HeaderMap::from_iter([(HeaderName::from_static(HEADERS[1]), value)]);
        let Some(life) = quickly(|| Wish::of(&headers).granted(now)) else { return Ok(()) };
        let end = life.expires_at_ms;
        prop_assert!(end.is_none_or(|end| end >= now && end - now <= LONGEST_MS), "{:?}", end);
        let noted = serde_json::to_vec(&life).expect("JSON");
        prop_assert_eq!(serde_json::from_slice::<Lifecycle>(&noted).expect("read back"), life);
    }
}
