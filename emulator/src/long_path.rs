//! Refuses paths that are too long for any URL of the service. They would become file names that no system accepts, or
//! text in answers.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::{body, reply};

/// The longest path, in bytes: servers should accept URLs of at least this length (RFC 9110 §4.1).
const LONGEST: usize = 8000;

/// The answer 414 for a path that is too long. `None` for other paths.
pub(crate) fn refusal(path: &str) -> Option<Response> {
    (path.len() > LONGEST).then(|| {
        let text = format!("The path is longer than {LONGEST} bytes: no URL of the service is");
        reply::detail(StatusCode::URI_TOO_LONG, text)
    })
}

/// Refuses requests whose path is too long.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    match refusal(request.uri().path()) {
        Some(refusal) => {
            body::discard(request.into_body());
            refusal
        }
        None => next.run(request).await,
    }
}
