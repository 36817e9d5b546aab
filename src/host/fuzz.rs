//! URLs that want to see a key.

use proptest::prelude::*;
use url::Url;

use super::{fal_url_path, is_fal_url};
use crate::hostile::{self, quickly};

fn urls() -> impl Strategy<Value = String> {
    hostile::text(&[
        "https://queue.fal.run/acme/app?x=1#y",
        "https://fal.run",
        "HTTPS://Rest.FAL.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
        "https://v3b.fal.media/files/b/x",
        "https://fal.run.evil.com/x",
        "https://evil.com\\.fal.run/",
        "https://user:pw@fal.run:443/",
        "https://evil.com/?https://fal.run",
    ])
}

/// The answer of a URL library that reads URLs as browsers do.
fn is_fal(url: &Url) -> bool {
    let is_fal_host = |host: &str| {
        ["fal.run", "fal.ai", "fal.media"].iter().any(|fal| {
            host.strip_suffix(fal)
                .is_some_and(|below| below.is_empty() || below.ends_with('.'))
        })
    };
    url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.host_str().is_some_and(is_fal_host)
}

#[test]
fn mixed_urls_are_accepted_and_refused() {
    hostile::assert_mixed(&urls(), |url| is_fal_url(&url));
}

proptest! {
    #[test]
    fn a_url_that_may_see_a_key_is_fals_to_a_url_library(url in urls()) {
        if !quickly(|| is_fal_url(&url)) { return Ok(()) }
        // A text that is no URL is never called.
        let Ok(parsed) = Url::parse(&url) else { return Ok(()) };
        prop_assert!(is_fal(&parsed), "{}", parsed);
        let path = &url[fal_url_path(&url).expect("accepted")..];
        prop_assert!(matches!(path.chars().next(), None | Some('/' | '?' | '#')));
    }

    #[test]
    fn fals_own_urls_in_their_plain_spelling_may_see_a_key(url in urls()) {
        let Ok(parsed) = Url::parse(&url) else { return Ok(()) };
        let host = parsed.host_str().unwrap_or_default();
        let is_plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        prop_assert_eq!(is_fal_url(parsed.as_str()), is_fal(&parsed) && is_plain, "{}", parsed);
    }
}
