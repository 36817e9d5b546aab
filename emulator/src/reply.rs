//! Answers with JSON, and errors with a `detail` (protocol §10).

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An error whose `detail` is one sentence.
pub(crate) fn detail(status: StatusCode, text: impl Into<String>) -> Response {
    json(status, &json!({ "detail": text.into() }))
}

/// The answer 405, which names the right method.
pub(crate) fn wrong_method(allowed: &'static str) -> Response {
    let response = detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    with(response, ALLOW, HeaderValue::from_static(allowed))
}

/// Sets a header of an answer.
pub(crate) fn with(mut response: Response, name: HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

/// Sets the header with the request id, which every answer about a request has.
pub(crate) fn with_request_id(response: Response, id: &str) -> Response {
    match HeaderValue::from_str(id) {
        Ok(id) => with(response, HeaderName::from_static("x-fal-request-id"), id),
        Err(_) => response,
    }
}

/// The answer to a `Host` header that is not a plain host.
pub(crate) fn bad_host() -> Response {
    let text = "The Host header is not one plain host name or address";
    detail(StatusCode::BAD_REQUEST, text)
}
