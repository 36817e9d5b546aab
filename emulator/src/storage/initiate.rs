//! The first step of an upload: answers with the upload URL, and with the URL that the file will have.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::lifecycle::Wish;
use super::path::FilePath;
use super::pending::Upload;
use super::store::Storage;
use crate::protocol::{ApiError, Call};
use crate::{body, reply};

const LARGEST_BODY: usize = 64 << 10;

/// The only storage type that the service still has (protocol §9.1).
const STORAGE_TYPE: &str = "fal-cdn-v3";

/// Whether the file will be uploaded in one piece or in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pieces {
    One,
    Parts,
}

#[derive(Deserialize)]
struct Initiate {
    content_type: Option<String>,
    file_name: Option<String>,
}

/// Fails for a storage type that the service does not have.
pub(super) fn check_type(call: &Call) -> Result<(), ApiError> {
    if call.parameter("storage_type").as_deref() == Some(STORAGE_TYPE) {
        return Ok(());
    }
    Err(ApiError::BadRequest("Invalid storage type".to_owned()))
}

pub(super) async fn initiate(
    storage: &Storage,
    call: Call,
    pieces: Pieces,
) -> Result<Response, ApiError> {
    check_type(&call)?;
    let body = body::receive(call.body, LARGEST_BODY).await?;
    let asked: Initiate = serde_json::from_slice(&body).map_err(|error| {
        let text = format!("Expected JSON with content_type and file_name: {error}");
        ApiError::Unprocessable(text)
    })?;
    let wish = Wish::of(&call.headers);
    let upload = match pieces {
        Pieces::One => Upload::in_one_piece(wish),
        Pieces::Parts => Upload::in_parts(wish, asked.content_type),
    };
    let path = FilePath::new(asked.file_name.as_deref().unwrap_or_default());
    let file_url = format!("{}{path}", call.origin);
    let query = storage.signer.query(&path.to_string());
    storage.pending.add(path, upload);
    Ok(reply::json(
        StatusCode::OK,
        &json!({ "upload_url": format!("{file_url}?{query}"), "file_url": file_url }),
    ))
}
