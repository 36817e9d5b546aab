//! Access to the inspector: only from the machine that it runs on. On that machine, only its own page and programs other
//! than browsers have access. Pages of other origins have none.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use crate::http::Ends;
use crate::protocol::Origin;
use crate::{body, reply};

/// The path of the inspector.
pub(super) const PATH: &str = "/inspector";

/// The purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    /// To open the page, which has no data in it yet.
    Open,
    Read,
    /// To change something.
    Act,
}

/// Passes permitted requests on, and refuses others with the reason.
pub(super) async fn keep_out(
    State(address): State<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let response = match refusal(address, &parts) {
        None => next.run(Request::from_parts(parts, body)).await,
        Some(why) => {
            body::discard(body);
            reply::detail(StatusCode::FORBIDDEN, why)
        }
    };
    protect(response)
}

/// The reason why a request is refused. `None` if it is permitted.
fn refusal(address: SocketAddr, request: &Parts) -> Option<&'static str> {
    let ends = request.extensions.get::<Ends>();
    if !ends.is_some_and(|ends| ends.peer.to_canonical().is_loopback()) {
        return Some("The inspector is seen from the machine that the emulator runs on only");
    }
    // With DNS rebinding, a page reaches this address by another host name.
    let own = Origin::of(request, address).filter(Origin::is_this_machine);
    let Some(own) = own else {
        return Some("The inspector has an address of its own: open it as localhost or 127.0.0.1");
    };
    (!is_let_in(&own, request)).then_some(
        "The inspector answers its own page, and no page of another origin; a program that acts \
         sends the emulator's origin as its Origin header",
    )
}

fn is_let_in(own: &Origin, request: &Parts) -> bool {
    let header = |name: &str| {
        let value = request.headers.get(name);
        value.map(|value| value.to_str().unwrap_or_default())
    };
    let mut origins = request.headers.get_all(ORIGIN).iter();
    let origin = origins.next().map(|origin| {
        let origin = origin
            .to_str()
            .ok()
            .and_then(|origin| Url::parse(origin).ok());
        origin.is_some_and(|origin| own.holds(&origin))
    });
    if origin == Some(false) || origins.next().is_some() {
        return false;
    }
    let site = header("sec-fetch-site");
    match intent(request) {
        Intent::Open => header("sec-fetch-mode").is_none_or(|mode| mode == "navigate"),
        Intent::Read => matches!(site, None | Some("same-origin" | "none")),
        Intent::Act => {
            let is_own = origin == Some(true) || site == Some("same-origin");
            is_own && matches!(site, None | Some("same-origin"))
        }
    }
}

fn intent(request: &Parts) -> Intent {
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if is_read && request.uri.path().trim_end_matches('/') == PATH {
        Intent::Open
    } else if is_read {
        Intent::Read
    } else {
        Intent::Act
    }
}

/// Forbids browsers to cache or frame an answer, or to guess another type. Answers without a policy of their own, such
/// as stored files, may run no script. The page has a policy of its own.
fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; sandbox"));
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_in(method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let (parts, _) = request.into_parts();
        let own = Origin::at(([127, 0, 0, 1], 8787).into());
        super::is_let_in(&own, &parts)
    }

    /// The reason why a read from `peer` with the header `Host: host` is refused.
    fn refusal_of(peer: [u8; 4], host: &str) -> Option<&'static str> {
        let request = Request::get("/inspector").header("host", host);
        let mut request = request.body(axum::body::Body::empty()).expect("a request");
        request.extensions_mut().insert(Ends {
            here: [192, 168, 1, 2].into(),
            peer: peer.into(),
        });
        let address = ([127, 0, 0, 1], 8787).into();
        refusal(address, &request.into_parts().0)
    }

    #[test]
    fn another_machine_is_refused_whatever_host_it_names() {
        for host in ["localhost:8787", "127.0.0.1:8787", "192.168.1.2:8787"] {
            for peer in [[192, 168, 1, 3], [192, 168, 1, 2], [8, 8, 8, 8]] {
                let why = refusal_of(peer, host).expect("refused");
                assert!(why.contains("machine"), "{why}");
            }
        }
        assert_eq!(refusal_of([127, 0, 0, 1], "localhost:8787"), None);
        assert_eq!(refusal_of([127, 0, 0, 1], "127.0.0.1:8787"), None);
        for host in [
            "evil.example",
            "192.168.1.2:8787",
            "localhost.evil.example",
            "0.0.0.0:8787",
        ] {
            assert!(refusal_of([127, 0, 0, 1], host).is_some(), "{host}");
        }
    }

    const OWN: (&str, &str) = ("origin", "http://127.0.0.1:8787");
    const OTHER: (&str, &str) = ("origin", "http://127.0.0.1:3000");

    #[test]
    fn reading_is_for_the_own_page_and_for_programs() {
        let feed = "/inspector/api/feed";
        for headers in [
            &[][..],
            &[OWN],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(is_let_in("GET", feed, headers), "{headers:?}");
        }
        for headers in [
            &[OTHER][..],
            &[("origin", "null")],
            &[OWN, OTHER],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
            ],
        ] {
            assert!(!is_let_in("GET", feed, headers), "{headers:?}");
        }
    }

    #[test]
    fn acting_needs_a_sign_of_the_own_page() {
        let clear = "/inspector/api/clear";
        for headers in [
            &[OWN][..],
            &[("sec-fetch-site", "same-origin")],
            &[OWN, ("sec-fetch-site", "same-origin")],
        ] {
            assert!(is_let_in("POST", clear, headers), "{headers:?}");
        }
        for headers in [
            &[][..],
            &[OTHER],
            &[("sec-fetch-site", "none")],
            &[OWN, ("sec-fetch-site", "cross-site")],
            &[OTHER, ("sec-fetch-site", "same-origin")],
        ] {
            assert!(!is_let_in("POST", clear, headers), "{headers:?}");
        }
    }

    #[test]
    fn the_page_itself_is_opened_by_a_link_from_anywhere_and_by_no_script() {
        let link = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ];
        assert!(is_let_in("GET", "/inspector", &link));
        assert!(is_let_in("GET", "/inspector/", &link));
        let script = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ];
        assert!(!is_let_in("GET", "/inspector", &script));
        assert!(!is_let_in("POST", "/inspector", &link));
    }
}
