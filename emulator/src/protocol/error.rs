//! Refusals of requests, and the answers for them (protocol §10).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::outcome::{Detail, Outcome};
use crate::body::Unread;
use crate::reply;

/// A refusal. Its text is for the developer who sent the request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ApiError {
    BadRequest(String),
    Unauthorized(String),
    Forbidden(String),
    NotFound(String),
    /// Holds the allowed methods.
    MethodNotAllowed(&'static str),
    /// A field of the input is wrong.
    InvalidInput(Detail),
    /// The body does not have the form that the call expects.
    Unprocessable(String),
    TooManyRequests(String),
    /// An error in this program.
    Internal(String),
    NotImplemented(String),
    /// The target of a forwarded request gave no answer that can be passed on.
    BadGateway(String),
    InsufficientStorage(String),
    /// The body could not be read.
    Unread(Unread),
}

impl ApiError {
    /// The refusal of a path that the service does not have.
    pub(crate) fn no_such_path() -> Self {
        Self::NotFound("Not Found".to_owned())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::MethodNotAllowed(allowed) => return reply::wrong_method(allowed),
            Self::Unread(unread) => return unread.response(),
            Self::InvalidInput(detail) => {
                let outcome = Outcome::refused(&[detail]);
                return reply::json(outcome.status, &outcome.body);
            }
            Self::NotImplemented(text) => (StatusCode::NOT_IMPLEMENTED, text),
            Self::BadRequest(text) => (StatusCode::BAD_REQUEST, text),
            Self::Unauthorized(text) => (StatusCode::UNAUTHORIZED, text),
            Self::Forbidden(text) => (StatusCode::FORBIDDEN, text),
            Self::NotFound(text) => (StatusCode::NOT_FOUND, text),
            Self::Unprocessable(text) => (StatusCode::UNPROCESSABLE_ENTITY, text),
            Self::TooManyRequests(text) => (StatusCode::TOO_MANY_REQUESTS, text),
            Self::Internal(text) => (StatusCode::INTERNAL_SERVER_ERROR, text),
            Self::BadGateway(text) => (StatusCode::BAD_GATEWAY, text),
            Self::InsufficientStorage(text) => (StatusCode::INSUFFICIENT_STORAGE, text),
        };
        reply::detail(status, text)
    }
}

impl From<Unread> for ApiError {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

impl From<Detail> for ApiError {
    fn from(problem: Detail) -> Self {
        Self::InvalidInput(problem)
    }
}
