//! Picture URLs that lead to this machine's own network, in many notations.

use std::net::IpAddr;
use std::sync::LazyLock;

use axum::http::Uri;
use proptest::prelude::*;
use url::Url;

use super::Web;
use crate::hostile::{self, quickly};
use crate::picture::Reach;
use crate::picture::address::is_public;

static WEB: LazyLock<Web> = LazyLock::new(|| Web::within(Reach::Public));

fn urls() -> impl Strategy<Value = String> {
    hostile::text(&[
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1:80/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://1.1.1.1/a.png",
        "https://example.com/a.png?x=1#y",
        "http://[2606:4700::1111]/",
        "https://user:secret@example.com/",
    ])
}

fn passes(url: &str) -> Option<Url> {
    Url::parse(url).ok().filter(|url| WEB.check(url).is_ok())
}

#[test]
fn mixed_urls_pass_and_are_refused() {
    hostile::assert_mixed(&urls(), |url| passes(&url).is_some());
}

proptest! {
    #[test]
    fn no_number_that_passes_is_a_private_address(url in urls()) {
        let Some(url) = quickly(|| passes(&url)) else { return Ok(()) };
        prop_assert!(matches!(url.scheme(), "http" | "https"));
        prop_assert!(url.username().is_empty() && url.password().is_none());
        // The connector parses the URL with its own parser, and does not ask the resolver about numeric addresses.
        let Ok(uri) = url.as_str().parse::<Uri>() else { return Ok(()) };
        prop_assert_eq!(uri.host(), url.host_str());
        let host = uri.host().expect("a host").trim_matches(['[', ']']);
        if let Ok(address) = host.parse::<IpAddr>() {
            prop_assert!(is_public(address), "{}", address);
        }
    }
}
