//! Webhook URLs to addresses that the service would not call.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use axum::http::Uri;
use proptest::prelude::*;
use url::Url;

use super::Webhooks;
use crate::hostile::{self, quickly};
use crate::options::Options;
use crate::picture::Reach;
use crate::protocol::Caller;

static WEBHOOKS: LazyLock<Webhooks> =
    LazyLock::new(|| Webhooks::new(&Options::default(), Arc::default()).expect("a key"));

fn urls() -> impl Strategy<Value = String> {
    hostile::text(&[
        "http://127.0.0.1:3000/hook",
        "https://app.example/hook?secret=1",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://[::ffff:192.168.1.2]/x",
        "http://3232235777/",
        "ftp://a.example/b",
    ])
}

#[test]
fn mixed_urls_are_taken_and_refused() {
    hostile::assert_mixed(&urls(), |url| WEBHOOKS.judge(&url, Caller::Trusted).is_ok());
}

proptest! {
    #[test]
    fn a_webhook_is_a_web_address_and_no_private_one(url in urls(), is_trusted in any::<bool>()) {
        let (caller, reach) = if is_trusted {
            (Caller::Trusted, Reach::PublicOrLoopback)
        } else {
            (Caller::Stranger, Reach::Public)
        };
        match quickly(|| WEBHOOKS.judge(&url, caller)) {
            Err(why) => prop_assert!(!why.is_empty() && why.len() < 70_000),
            Ok(url) => {
                prop_assert!(matches!(url.scheme(), "http" | "https"));
                prop_assert_eq!(Url::parse(url.as_str()), Ok(url.clone()));
                let Ok(uri) = url.as_str().parse::<Uri>() else { return Ok(()) };
                prop_assert_eq!(uri.host(), url.host_str());
                let host = uri.host().expect("a host").trim_matches(['[', ']']);
                if let Ok(address) = host.parse::<IpAddr>() {
                    prop_assert!(reach.allows(address), "{}", address);
                }
            }
        }
    }
}
