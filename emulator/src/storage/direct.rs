//! Uploads directly to the CDN, as the Python client sends them. The client first gets a token, with which it may upload
//! any number of files (protocol §9.4).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::incoming::{Failed, receive};
use super::initiate;
use super::lifecycle::Wish;
use super::path::FilePath;
use super::pending::Upload;
use super::signature::TOKEN_LIFETIME;
use super::store::Storage;
use crate::protocol::{ApiError, Call};
use crate::{body, clock, reply};

/// Answers with a new token.
pub(super) fn token(storage: &Storage, call: Call) -> Result<Response, ApiError> {
    let checked = initiate::check_type(&call);
    body::discard(call.body);
    checked?;
    let now = SystemTime::now();
    let zoned = |at| format!("{}+00:00", clock::timestamp(at));
    let token = json!({
        "token": storage.signer.token(),
        "token_type": "Bearer",
        "base_url": call.origin.to_string(),
        "created_at": zoned(now),
        "expires_at": zoned(now + Duration::from_secs(TOKEN_LIFETIME)),
    });
    Ok(reply::json(StatusCode::OK, &token))
}

/// Fails for a call without a valid token.
pub(super) fn check(storage: &Storage, call: &Call) -> Result<(), ApiError> {
    let header = call.header("authorization").unwrap_or_default();
    let token = header.strip_prefix("Bearer ").unwrap_or_default();
    if storage.signer.knows(token) {
        return Ok(());
    }
    let text = "Direct uploads need a Bearer token: get one from /storage/auth/token";
    Err(ApiError::Unauthorized(text.to_owned()))
}

/// Answers the POST of a whole file.
pub(super) async fn one_piece(
    storage: &Arc<Storage>,
    call: &mut Call,
) -> Result<Response, ApiError> {
    let path = FilePath::new(call.header("x-fal-file-name").unwrap_or_default());
    let wish = Wish::of(&call.headers);
    let kind = call.header("content-type").map(str::to_owned);
    let mut file = storage.incoming().await;
    receive(&mut call.body, &mut file, |_| {}).await?;
    let stored = storage.admit(file, &path, kind.as_deref(), &wish).await;
    stored.map_err(Failed::from)?;
    let url = format!("{}{path}", call.origin);
    let body = json!({ "access_url": url, "uploaded": true });
    Ok(reply::json(StatusCode::OK, &body))
}

/// Answers the POST that begins an upload in parts.
pub(super) fn in_parts(storage: &Storage, call: &mut Call) -> Response {
    let path = FilePath::new(call.header("x-fal-file-name").unwrap_or_default());
    let kind = call.header("content-type").map(str::to_owned);
    let upload = Upload::in_parts(Wish::of(&call.headers), kind);
    body::discard(std::mem::take(&mut call.body));
    let id = upload.parts.as_ref().map(|parts| parts.id.clone());
    let url = format!("{}{path}", call.origin);
    storage.pending.add(path, upload);
    let body = json!({ "access_url": url, "uploadId": id });
    reply::json(StatusCode::OK, &body)
}
