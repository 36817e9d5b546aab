//! The first step of an upload: where to send the bytes, and where they will be.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::path::FilePath;
use crate::app::App;
use crate::call::Call;
use crate::{body, reply};

const LARGEST_BODY: usize = 64 << 10;

/// The only storage type that the service still has (protocol §9.1).
const STORAGE_TYPE: &str = "fal-cdn-v3";

#[derive(Deserialize)]
struct Initiate {
    file_name: Option<String>,
}

pub(super) async fn answer(app: &App, call: Call) -> Response {
    if call.parameter("storage_type").as_deref() != Some(STORAGE_TYPE) {
        return reply::detail(StatusCode::BAD_REQUEST, "Invalid storage type");
    }
    let body = match body::receive(call.body, LARGEST_BODY).await {
        Ok(body) => body,
        Err(unread) => return unread.response(),
    };
    let asked: Initiate = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(error) => {
            let text = format!("Expected JSON with content_type and file_name: {error}");
            return reply::detail(StatusCode::UNPROCESSABLE_ENTITY, text);
        }
    };
    let path = FilePath::new(asked.file_name.as_deref().unwrap_or_default()).to_string();
    let file_url = format!("{}{path}", call.origin);
    let query = app.storage.signer.query(&path);
    reply::json(
        StatusCode::OK,
        &json!({ "upload_url": format!("{file_url}?{query}"), "file_url": file_url }),
    )
}
