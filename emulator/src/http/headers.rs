//! The headers of answers. The demo page shares its origin with every other answer, and callers,
//! faults and upstreams choose many of them. So an answer keeps the headers that describe it, and
//! loses all others, which may act on the origin: `set-cookie`, `service-worker-allowed`,
//! `clear-site-data`, `refresh`, and future ones.

use axum::http::header::{
    ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, DATE,
    ETAG, EXPIRES, LAST_MODIFIED, LOCATION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, RETRY_AFTER,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// The headers that describe an answer.
const DESCRIBING: [HeaderName; 16] = [
    ACCEPT_RANGES,
    ALLOW,
    CACHE_CONTROL,
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    DATE,
    ETAG,
    EXPIRES,
    LAST_MODIFIED,
    LOCATION,
    RETRY_AFTER,
    VARY,
];
/// Describing headers without a constant in the `http` crate.
const DESCRIBING_TOO: [&str; 2] = ["cross-origin-resource-policy", "x-accel-buffering"];
/// The prefix of custom headers, such as the service's own.
const CUSTOM: &str = "x-";
/// The prefixes of `x-` headers that browsers, or web servers in front of the emulator, act on. New headers of that kind
/// do not begin with `x-` any more (RFC 6648).
const ACTING: [&str; 12] = [
    "x-accel-",
    "x-content-",
    "x-dns-prefetch-control",
    "x-download-options",
    "x-frame-options",
    "x-lighttpd-send-file",
    "x-permitted-cross-domain-policies",
    "x-sendfile",
    "x-sourcemap",
    "x-ua-compatible",
    "x-webkit-csp",
    "x-xss-protection",
];
/// The headers of a WebSocket handshake.
const HANDSHAKE: [HeaderName; 5] = [
    CONNECTION,
    UPGRADE,
    SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_PROTOCOL,
];
/// Headers about one connection, which a proxy does not pass on (RFC 9110 §7.6.1).
const HOP_BY_HOP: [HeaderName; 7] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Marks an answer as a file of the emulator's own pages, whose scripts may run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageFile;

/// Drops the headers that an answer may not have. Unless it is a page file, a policy tells the browser to give it no
/// origin and to run no script in it.
pub(super) fn protect(response: &mut Response) {
    let is_handshake = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let is_page_file = response.extensions().get::<PageFile>().is_some();
    let headers = response.headers_mut();
    let policy = headers.remove(CONTENT_SECURITY_POLICY);
    keep(headers, |name| {
        is_allowed(name) || (is_handshake && HANDSHAKE.contains(name))
    });
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = if is_page_file {
        policy
    } else {
        Some(HeaderValue::from_static("sandbox"))
    };
    if let Some(policy) = policy {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Whether the input of an endpoint may set a header of the answer. It may not set the length.
pub(crate) fn is_choosable(name: &HeaderName) -> bool {
    is_allowed(name) && name != CONTENT_LENGTH
}

/// Removes the headers about the connection, including those that `Connection` names.
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let values = headers.get_all(CONNECTION).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let named: Vec<HeaderName> = texts
        .flat_map(|text| text.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

fn is_allowed(name: &HeaderName) -> bool {
    let text = name.as_str();
    let is_custom = text.starts_with(CUSTOM) && !ACTING.iter().any(|start| text.starts_with(start));
    is_custom || DESCRIBING.contains(name) || DESCRIBING_TOO.contains(&text)
}

fn keep(headers: &mut HeaderMap, is_kept: impl Fn(&HeaderName) -> bool) {
    let dropped: Vec<_> = headers
        .keys()
        .filter(|name| !is_kept(name))
        .cloned()
        .collect();
    for name in dropped {
        headers.remove(name);
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn protect_answer(status: u16, names: &[&'static str], is_page_file: bool) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        for name in names {
            let value = HeaderValue::from_static("chosen");
            response.headers_mut().insert(*name, value);
        }
        if is_page_file {
            response.extensions_mut().insert(PageFile);
        }
        protect(&mut response);
        response
    }

    #[test]
    fn what_acts_on_the_origin_is_dropped_and_what_describes_the_answer_stays() {
        for name in [
            "set-cookie",
            "service-worker-allowed",
            "clear-site-data",
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "refresh",
            "www-authenticate",
            "link",
            "nel",
            "reporting-endpoints",
            "strict-transport-security",
            "permissions-policy",
            "speculation-rules",
            "x-accel-redirect",
            "x-content-security-policy",
            "x-dns-prefetch-control",
            "x-frame-options",
            "x-sourcemap",
            "connection",
            "upgrade",
            "from-the-future",
        ] {
            let response = protect_answer(200, &[name], false);
            assert!(!response.headers().contains_key(name), "{name}");
        }
        for name in [
            "content-type",
            "etag",
            "location",
            "retry-after",
            "x-fal-request-id",
            "x-ratelimit-remaining",
            "x-a",
        ] {
            let response = protect_answer(404, &[name], false);
            assert_eq!(response.headers()[name], "chosen", "{name}");
        }
    }

    #[test]
    fn everything_but_the_files_of_a_page_is_sandboxed() {
        for (is_page_file, names, policy) in [
            (false, &["content-security-policy"][..], Some("sandbox")),
            (false, &[], Some("sandbox")),
            (true, &["content-security-policy"], Some("chosen")),
            (true, &[], None),
        ] {
            let response = protect_answer(200, names, is_page_file);
            let got = response.headers().get(CONTENT_SECURITY_POLICY);
            assert_eq!(got.map(HeaderValue::as_bytes), policy.map(str::as_bytes));
            assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
    }

    #[test]
    fn a_handshake_keeps_what_makes_it_one() {
        let names = [
            "connection",
            "upgrade",
            "sec-websocket-accept",
            "set-cookie",
        ];
        let response = protect_answer(101, &names, false);
        for name in &names[..3] {
            assert!(response.headers().contains_key(*name), "{name}");
        }
        assert!(!response.headers().contains_key("set-cookie"));
    }

    #[test]
    fn what_belongs_to_a_connection_is_removed_also_by_name() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-fal-secret"),
            ("connection", "X-Fal-Other"),
            ("keep-alive", "timeout=5"),
            ("x-fal-secret", "1"),
            ("x-fal-other", "1"),
            ("x-fal-request-id", "1"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        remove_hop_by_hop(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["x-fal-request-id"]);
    }
}
