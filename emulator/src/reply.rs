//! The shapes of an answer: JSON, and the two error bodies that share the key `detail`
//! (protocol §10).

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

/// 405, naming the method that would have been right.
pub(crate) fn wrong_method(allowed: &'static str) -> Response {
    let response = detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    with(response, ALLOW, HeaderValue::from_static(allowed))
}

/// The answer with one more header.
pub(crate) fn with(mut response: Response, name: HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}
