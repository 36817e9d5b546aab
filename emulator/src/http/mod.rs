//! The outer layer of all requests and answers. It refuses strangers, removes headers from answers, and lets pages read
//! the answers. It does not depend on `App`.

mod cors;
mod guard;
mod headers;
mod notices;
mod redact;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) use guard::{Ends, Guard};
pub(crate) use headers::{PageFile, is_choosable, remove_hop_by_hop};
pub(crate) use notices::Notices;
pub(crate) use redact::{redact_header, redact_query};

use crate::body;
use cors::Asked;

/// Answers below this path must not be cached: they depend on the time, and on the target that a header names.
const UNCACHED: &str = "/api/";

/// Refuses strangers access to the proxy that spends a key, and makes every answer safe to open in a browser.
pub(crate) async fn layer(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked::of(&parts);
    let is_uncached = parts.uri.path().starts_with(UNCACHED);
    let mut response = if asked.is_preflight {
        cors::preflight()
    } else if let Err(refusal) = guard.check_spending(&parts) {
        body::discard(body);
        refusal.into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    headers::protect(&mut response);
    if is_uncached {
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
    }
    asked.allow(&mut response);
    response
}
