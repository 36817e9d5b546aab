//! Which URLs are fal's own. A key goes to these and nowhere else.

/// Whether `url` is `https`, on the default port, without user info, at exactly one of
/// fal's hosts or below one. The only test that lets a key out; it accepts a strict
/// spelling only, so that it cannot read a URL differently from the browser.
pub fn is_fal_url(url: &str) -> bool {
    fal_url_path(url).is_some()
}

/// The path and the rest of a URL on a fal host, or `None` for any other URL.
pub(crate) fn fal_url_path(url: &str) -> Option<&str> {
    const SCHEME: &str = "https://";
    const HOSTS: [&str; 3] = ["fal.run", "fal.ai", "fal.media"];
    let (scheme, rest) = url.split_at_checked(SCHEME.len())?;
    let end = rest
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || b == b'-' || b == b'.'))
        .unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end)?;
    let ends_well = matches!(path.as_bytes().first(), None | Some(b'/' | b'?' | b'#'));
    let is_fal = HOSTS.iter().any(|fal| {
        let below = host.len().checked_sub(fal.len());
        below.is_some_and(|at| {
            host.get(at..)
                .is_some_and(|tail| tail.eq_ignore_ascii_case(fal))
                && (at == 0 || host.as_bytes().get(at - 1) == Some(&b'.'))
        })
    });
    (scheme.eq_ignore_ascii_case(SCHEME) && ends_well && is_fal).then_some(path)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_https_on_fals_own_hosts_may_see_a_key() {
        for url in [
            "https://fal.run/x",
            "https://queue.fal.run/x?y=z",
            "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
            "https://v3b.fal.media/files/b/x",
            "HTTPS://Queue.FAL.run/x",
            "https://fal.run",
        ] {
            assert!(is_fal_url(url), "{url}");
        }
        for url in [
            "http://fal.run/x",
            "https://notfal.run/x",
            "https://fal.run.evil.com/x",
            "https://fal.run:8443/x",
            "https://fal.run:443/x",
            "https://user@fal.run/x",
            "https://fal.run@evil.com/x",
            "https://evil.com\\.fal.run/x",
            "https://evil.com/.fal.run",
            "https://evil.com?.fal.run",
            "https://evil.com#.fal.run",
            "https://fal.run./x",
            "https://fal%2erun/x",
            " https://fal.run/x",
            "https:/fal.run/x",
            "https:fal.run",
            "//fal.run/x",
            "/api/fal/proxy",
            "wss://fal.run/x",
            "",
        ] {
            assert!(!is_fal_url(url), "{url}");
        }
    }

    proptest! {
        #[test]
        fn a_url_that_may_see_a_key_is_read_the_same_by_a_url_parser(
            prefix in "(https?:/{0,3}|)[a-z0-9.@:\\\\/%?# -]{0,12}",
            host in "(fal\\.run|fal\\.ai|fal\\.media|evil\\.com)",
            suffix in "[a-z0-9.@:\\\\/%?# \t\n-]{0,12}",
        ) {
            let url = format!("{prefix}{host}{suffix}");
            if is_fal_url(&url) {
                let parsed = url::Url::parse(&url).expect("accepted, so it must be a URL");
                let host = parsed.host_str().expect("a host");
                prop_assert_eq!(parsed.scheme(), "https");
                prop_assert_eq!(parsed.port(), None);
                prop_assert_eq!(parsed.username(), "");
                prop_assert!(["fal.run", "fal.ai", "fal.media"].iter().any(|fal| host == *fal || host.ends_with(&format!(".{fal}"))), "{}", host);
            }
        }

        #[test]
        fn judging_a_url_never_panics(url in "\\PC{0,60}") {
            let _ = is_fal_url(&url);
        }
    }
}
