//! CORS: every page may call the emulator, as every page may call fal.ai. The exception
//! is the proxy when it has a key: then [`guard`] decides.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN,
    VARY,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::{guard, proxy, reply};

const METHODS: HeaderValue = HeaderValue::from_static("GET,POST,PUT,DELETE,OPTIONS,HEAD");
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
/// Headers of the answer that a page of another origin gets to read.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-fal-request-id, x-fal-error-type, x-fal-needs-retry, x-fal-request-timeout-type, \
     x-fal-billable-units, x-fal-object-lifecycle-expiration, retry-after, etag, content-length, content-range",
);

/// Answers preflights, and lets pages read the other answers.
pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if app.forward.is_some()
        && parts.uri.path().trim_end_matches('/') == proxy::PATH
        && let Some(why) = guard::refusal(&app, &parts)
    {
        return reply::detail(StatusCode::FORBIDDEN, why);
    }
    let origin = parts.headers.get(ORIGIN).cloned();
    let mut response = if parts.method == Method::OPTIONS {
        preflight(parts.headers.get(ACCESS_CONTROL_REQUEST_HEADERS))
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

fn preflight(asked: Option<&HeaderValue>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(asked) = asked {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    response
}
