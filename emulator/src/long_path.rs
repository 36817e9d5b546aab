//! Paths that are too long to be any of ours. Further in, they would be file names that no
//! system takes, or text in answers.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::{body, reply};

/// The longest path, in bytes: servers should bear as much of a URL (RFC 9110 §4.1).
const LONGEST: usize = 8000;

/// 414 for a path that is too long.
pub(crate) fn refusal(path: &str) -> Option<Response> {
    (path.len() > LONGEST).then(|| {
        let text = format!("The path is longer than {LONGEST} bytes: no URL of the service is");
        reply::detail(StatusCode::URI_TOO_LONG, text)
    })
}

/// Lets no request with such a path further in.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    match refusal(request.uri().path()) {
        Some(refusal) => {
            body::discard(request.into_body());
            refusal
        }
        None => next.run(request).await,
    }
}
