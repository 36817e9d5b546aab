//! The URL in `x-fal-target-url`. A URL parser splits it before any part of it is trusted.

use std::fmt;

use axum::http::HeaderMap;
use url::Url;

/// The path of the proxy: the default of fal.ai's clients.
pub(crate) const PROXY_PATH: &str = "/api/fal/proxy";

/// The header with the target URL of a proxied request.
pub(crate) const HEADER: &str = "x-fal-target-url";

/// The reason why a target is refused. Its text is for the developer who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    Repeated,
    NotAUrl,
    NotHttps(String),
    UserInfo,
    Port(u16),
    /// The host is not one of fal.ai's that the proxy serves.
    Host(String),
}

/// The target of a proxied request: `https`, the default port, no user info. The caller of this function must check the
/// host.
pub(crate) fn of(headers: &HeaderMap) -> Result<Url, Refusal> {
    let mut targets = headers.get_all(HEADER).iter();
    let target = targets.next().ok_or(Refusal::Missing)?;
    if targets.next().is_some() {
        return Err(Refusal::Repeated);
    }
    parse(target.to_str().map_err(|_| Refusal::NotAUrl)?)
}

fn parse(target: &str) -> Result<Url, Refusal> {
    let url = Url::parse(target).map_err(|_| Refusal::NotAUrl)?;
    if url.scheme() != "https" {
        return Err(Refusal::NotHttps(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    if let Some(port) = url.port() {
        return Err(Refusal::Port(port));
    }
    Ok(url)
}

/// Whether `host` is one of fal.ai's domains or below one. It may have only letters, digits, dots and dashes.
pub(crate) fn is_fal(host: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    host.bytes().all(is_plain)
        && ["fal.run", "fal.ai", "fal.media"].iter().any(|domain| {
            host.strip_suffix(domain)
                .is_some_and(|below| below.is_empty() || below.ends_with('.'))
        })
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "Invalid request: missing {HEADER} header"),
            Self::Repeated => write!(f, "Invalid request: more than one {HEADER} header"),
            Self::NotAUrl => write!(f, "Invalid request: {HEADER} is not a valid absolute URL"),
            Self::NotHttps(scheme) => {
                write!(f, "Invalid request: {HEADER} must be https, not {scheme}")
            }
            Self::UserInfo => write!(
                f,
                "Invalid request: {HEADER} must not carry a user name or password"
            ),
            Self::Port(port) => {
                write!(f, "Invalid request: {HEADER} must not name a port ({port})")
            }
            Self::Host(host) => write!(
                f,
                "Invalid request: {HEADER} names {host}, which is no host of fal.ai that this proxy serves"
            ),
        }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fal_urls_are_taken() {
        for url in [
            "https://queue.fal.run/fal-ai/x?y=1",
            "https://FAL.RUN:443/x",
            "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
        ] {
            let url = parse(url).expect(url);
            assert!(is_fal(url.host_str().unwrap_or_default()), "{url}");
        }
    }

    #[test]
    fn every_other_form_says_what_is_wrong() {
        for (url, refusal) in [
            ("/queue", Refusal::NotAUrl),
            ("http://fal.run/x", Refusal::NotHttps("http".into())),
            ("file:///etc/passwd", Refusal::NotHttps("file".into())),
            ("https://user@fal.run/x", Refusal::UserInfo),
            ("https://:pw@fal.run/x", Refusal::UserInfo),
            ("https://fal.run:8443/x", Refusal::Port(8443)),
        ] {
            assert_eq!(parse(url), Err(refusal), "{url}");
        }
    }

    #[test]
    fn look_alikes_are_not_fal() {
        for host in [
            "notfal.run",
            "fal.run.evil.com",
            "fal.run.",
            "evil-fal.ai",
            "fal.aix",
            "\"rest.fal.ai",
            "a_b.fal.run",
            "",
        ] {
            assert!(!is_fal(host), "{host}");
        }
        // The parser treats a backslash as a slash, so the host ends before it.
        let tricky = parse("https://evil.com\\.fal.run/x").expect("a URL");
        assert!(!is_fal(tricky.host_str().unwrap_or_default()));
    }
}
