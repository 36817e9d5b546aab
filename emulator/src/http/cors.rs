//! CORS: every page may call the emulator and read its answers, as every page may call fal.ai. Like fal.ai, it allows
//! `*` in every answer (protocol §9.5): a browser may keep the answer to an image, and give it to a `fetch` later.
//! A page that the guard refuses can read only the reason.
//!
//! No ready-made layer is used, as [`super::headers`] drops the CORS headers that other code sets. This code runs after it.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

/// Every origin. It allows no requests with cookies, and the emulator sets none.
const EVERY: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET,POST,PUT,DELETE,OPTIONS,HEAD");
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
/// The headers of an answer that pages of other origins may read.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-fal-request-id, x-fal-error-type, x-fal-needs-retry, x-fal-request-timeout-type, \
     x-fal-billable-units, x-fal-object-lifecycle-expiration, retry-after, etag, content-length, content-range",
);

/// The CORS headers of a request, which the browser adds for a page.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) is_preflight: bool,
    headers: Option<HeaderValue>,
}

impl Asked {
    pub(super) fn of(request: &Parts) -> Self {
        let headers = &request.headers;
        Self {
            is_preflight: request.method == Method::OPTIONS,
            headers: headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
        }
    }

    /// Adds the headers that allow the request. A preflight is always allowed, as no page could read the reason of a
    /// refusal. If necessary, the request after it is refused.
    pub(super) fn allow(self, response: &mut Response) {
        let headers = response.headers_mut();
        // The guard may refuse one origin and not another.
        headers.append(VARY, HeaderValue::from_static("origin"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, EVERY);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if self.is_preflight {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
            if let Some(asked) = self.headers {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked);
            }
        }
    }
}

/// The answer to a preflight, without the headers of [`Asked::allow`].
pub(super) fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
