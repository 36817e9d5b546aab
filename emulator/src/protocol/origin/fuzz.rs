//! Hostile `Host` headers, from which the URLs in answers are made.

use axum::http::HeaderValue;
use proptest::prelude::*;
use url::Url;

use super::Origin;
use crate::hostile::{self, quickly};

fn hosts() -> impl Strategy<Value = String> {
    hostile::text(&[
        "127.0.0.1:8787",
        "localhost:80",
        "[::1]:8787",
        "box.local",
        "user@evil.com:1",
        "a/b",
    ])
}

#[test]
fn mixed_hosts_are_taken_and_refused() {
    hostile::assert_mixed(&hosts(), |host| Origin::parse(&host).is_some());
}

proptest! {
    #[test]
    fn an_origin_is_one_plain_authority_and_stays_itself(host in hosts()) {
        let Some(origin) = quickly(|| Origin::parse(&host)) else { return Ok(()) };
        let written = origin.to_string();
        let authority = written.strip_prefix("http://").expect("http");
        prop_assert!(!authority.is_empty() && !authority.contains(['/', '@', '\\', '?', '#', '"', '<']));
        prop_assert!(HeaderValue::from_str(&written).is_ok());
        prop_assert_eq!(Origin::parse(authority), Some(origin.clone()));
        let url = Url::parse(&format!("{written}/files/x")).expect("a URL");
        prop_assert!(origin.holds(&url) && url.username().is_empty());
    }
}
