//! Targets that hostile pages name, and the URLs that the forwarding proxy calls for them with the key.

use std::sync::LazyLock;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Uri};
use proptest::prelude::*;
use url::Url;

use super::{HEADER, is_fal, of, parse};
use crate::forward::{Allowed, Forward};
use crate::hostile::{self, quickly};
use crate::options::Options;
use crate::protocol::Service;
use crate::secret::Key;

fn targets() -> impl Strategy<Value = String> {
    hostile::text(&[
        "https://queue.fal.run/fal-ai/x?y=1#z",
        "https://FAL.RUN:443/x",
        "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
        "https://v3b.fal.media/files/b/x",
        "https://user:pw@fal.run/x",
        "https://fal.run.evil.com/x",
        "https://evil.com\\.fal.run/../x",
    ])
}

/// The target, if the proxy accepts it as a URL on fal's hosts.
fn taken(target: &str) -> Option<Url> {
    parse(target)
        .ok()
        .filter(|url| url.host_str().is_some_and(is_fal))
}

fn forward(upstream: Option<&str>) -> Forward {
    let upstream = upstream.map(|url| Url::parse(url).expect("a URL"));
    let allowed = Allowed::by(&Options::default());
    Forward::new(Key::new("id:hush").expect("usable"), allowed, upstream)
}

static DIRECT: LazyLock<Forward> = LazyLock::new(|| forward(None));
static UPSTREAM: LazyLock<Forward> = LazyLock::new(|| forward(Some("http://127.0.0.1:9/base/")));

#[test]
fn mixed_targets_are_taken_and_refused() {
    hostile::assert_mixed(&targets(), |target| taken(&target).is_some());
}

proptest! {
    #[test]
    fn what_is_taken_is_on_fals_hosts_without_credentials(target in targets()) {
        let Some(url) = quickly(|| taken(&target)) else { return Ok(()) };
        let written = url.as_str().strip_prefix("https://").expect("https");
        let authority = written.split(['/', '?', '#']).next().expect("an authority");
        prop_assert_eq!(Some(authority), url.host_str());
        let labels: Vec<_> = authority.rsplit('.').take(2).collect();
        prop_assert!(matches!(labels[..], ["run" | "ai" | "media", "fal"]), "{}", authority);
        prop_assert_eq!(taken(url.as_str()), Some(url));
    }

    #[test]
    fn what_the_client_sends_a_key_to_is_taken(target in targets()) {
        let Ok(header) = HeaderValue::from_str(&target) else { return Ok(()) };
        if !fal_wasm::host::is_fal_url(&target) || !target.is_ascii() { return Ok(()) }
        // A browser sends nothing to a URL that it cannot parse.
        let Ok(url) = Url::parse(&target) else { return Ok(()) };
        let headers = HeaderMap::from_iter([(HEADER.parse().expect("a name"), header)]);
        prop_assert_eq!(of(&headers), Ok(url.clone()));
        prop_assert!(url.host_str().is_some_and(is_fal));
    }

    #[test]
    fn a_forwarded_request_goes_to_the_host_that_was_judged(target in targets()) {
        let Some(url) = taken(&target) else { return Ok(()) };
        let called = DIRECT.url(&url);
        // A URL that cannot be sent is refused.
        if let Ok(uri) = called.as_str().parse::<Uri>() {
            prop_assert_eq!(uri.scheme_str(), Some("https"));
            prop_assert_eq!(uri.authority().map(Authority::as_str), url.host_str());
            prop_assert_eq!((uri.path(), uri.query()), (url.path(), url.query()));
        }
        let called = UPSTREAM.url(&url);
        let below = format!("http://127.0.0.1:9/base/{}/", url.host_str().expect("a host"));
        prop_assert!(called.as_str().starts_with(&below), "{}", called);
        prop_assert_eq!((called.query(), called.fragment()), (url.query(), None));
        if let Ok(uri) = called.as_str().parse::<Uri>() {
            prop_assert_eq!(uri.authority().map(Authority::as_str), Some("127.0.0.1:9"));
        }
    }

    #[test]
    fn a_service_is_named_by_hosts_of_fals_alone(target in targets()) {
        let host = Url::parse(&target).ok().and_then(|url| url.host_str().map(str::to_owned));
        for host in [host.unwrap_or_default(), target] {
            prop_assert!(Service::of_host(&host).is_none() || is_fal(&host), "{}", host);
        }
    }
}
