//! Headers that callers and upstreams choose.

use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use proptest::prelude::*;

use super::{is_allowed, protect, remove_hop_by_hop};
use crate::hostile::{self, quickly};

fn names() -> impl Strategy<Value = String> {
    hostile::text(&[
        "x-fal-request-id",
        "set-cookie",
        "service-worker-allowed",
        "content-type",
        "connection",
        "keep-alive",
    ])
}

fn name(text: &str) -> Option<HeaderName> {
    text.parse().ok()
}

#[test]
fn mixed_names_are_names_and_are_not() {
    hostile::assert_mixed(&names(), |text| name(&text).is_some());
}

proptest! {
    #[test]
    fn an_answer_is_sandboxed_whatever_it_carries(text in names()) {
        let Some(name) = name(&text) else { return Ok(()) };
        let response = quickly(|| {
            let mut response = Response::new(Body::empty());
            response.headers_mut().insert(&name, HeaderValue::from_static("chosen"));
            protect(&mut response);
            response
        });
        let headers = response.headers();
        prop_assert_eq!(&headers[CONTENT_SECURITY_POLICY], "sandbox");
        prop_assert_eq!(&headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        let chosen = headers.get(&name).is_some_and(|value| value == "chosen");
        prop_assert_eq!(chosen, is_allowed(&name));
    }

    #[test]
    fn a_connection_takes_along_what_it_names(text in names()) {
        let Some(name) = name(&text) else { return Ok(()) };
        let Ok(value) = HeaderValue::from_str(&text) else { return Ok(()) };
        let left = quickly(|| {
            let mut headers = HeaderMap::new();
            headers.insert(&name, HeaderValue::from_static("1"));
            headers.insert("connection", value.clone());
            remove_hop_by_hop(&mut headers);
            headers
        });
        prop_assert!(left.is_empty());
    }
}
