//! Refusals of requests, and the answers for them.

use axum::http::header::ALLOW;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::reply;

/// A refusal. Its text is for the developer who sent the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    BadRequest(String),
    Forbidden(String),
    /// Holds the allowed methods.
    MethodNotAllowed(&'static str),
    NotImplemented(&'static str),
    /// The target of a forwarded request gave no answer that can be passed on.
    BadGateway(String),
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::BadRequest(text) => reply::detail(StatusCode::BAD_REQUEST, text),
            Self::Forbidden(text) => reply::detail(StatusCode::FORBIDDEN, text),
            Self::MethodNotAllowed(allowed) => {
                let response = reply::detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
                reply::with(response, ALLOW, HeaderValue::from_static(allowed))
            }
            Self::NotImplemented(text) => reply::detail(StatusCode::NOT_IMPLEMENTED, text),
            Self::BadGateway(text) => reply::detail(StatusCode::BAD_GATEWAY, text),
        }
    }
}
