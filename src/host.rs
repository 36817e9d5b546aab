//! Which URLs are fal's own. A key goes to these and nowhere else.

/// Whether `url` is `https`, on the default port, without user info, at exactly one of
/// fal's hosts or below one. The only test that lets a key out; it accepts a strict
/// spelling only, so that it cannot read a URL differently from the browser.
pub fn is_fal_url(url: &str) -> bool {
    fal_url_path(url).is_some()
}

/// Where the path of a URL on a fal host begins, or `None` for any other URL.
pub(crate) fn fal_url_path(url: &str) -> Option<usize> {
    const SCHEME: &[u8] = b"https://";
    const HOSTS: [&[u8]; 3] = [b"fal.run", b"fal.ai", b"fal.media"];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let (scheme, rest) = url.as_bytes().split_at_checked(SCHEME.len())?;
    let len = rest.iter().take_while(|byte| is_name(byte)).count();
    let (host, path) = rest.split_at_checked(len)?;
    let ends_well = matches!(path.first(), None | Some(b'/' | b'?' | b'#'));
    let is_fal = HOSTS.iter().any(|fal| {
        let below = host.len().checked_sub(fal.len());
        below
            .and_then(|at| host.split_at_checked(at))
            .is_some_and(|(below, tail)| {
                tail.eq_ignore_ascii_case(fal) && below.last().is_none_or(|byte| *byte == b'.')
            })
    });
    let is_fal = scheme.eq_ignore_ascii_case(SCHEME) && ends_well && is_fal;
    is_fal.then_some(SCHEME.len() + len)
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
