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
mod fuzz;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

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
}
