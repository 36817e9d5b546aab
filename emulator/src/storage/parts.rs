//! Receives the parts of an upload, each by its number (protocol §9.3, §9.4).

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::Response;
use ring::digest::{Context, SHA256};
use serde_json::json;

use super::incoming::receive;
use super::list::MOST_PARTS;
use super::pending::{Part, Parts, State, Upload};
use super::store::Storage;
use crate::protocol::{ApiError, Call};
use crate::{random, reply};

/// Answers the PUT of one part. The caller of this function has checked that the sender may upload it.
pub(super) async fn put(
    storage: &Arc<Storage>,
    call: &mut Call,
    upload: &Upload,
    number: u32,
) -> Result<Response, ApiError> {
    let parts = upload.parts.as_ref().ok_or_else(in_one_piece)?;
    if !(1..=MOST_PARTS).contains(&number) {
        return Err(bad(format!("Parts are numbered from 1 to {MOST_PARTS}")));
    }
    let etag = store(storage, call, parts, number).await?;
    Ok(stored(number, &etag))
}

async fn store(
    storage: &Arc<Storage>,
    call: &mut Call,
    parts: &Parts,
    number: u32,
) -> Result<String, ApiError> {
    let mut file = storage.incoming().await;
    let mut hash = Context::new(&SHA256);
    let bytes = receive(&mut call.body, &mut file, |piece| hash.update(piece)).await?;
    if bytes == 0 {
        let why = format!("Part {number} is empty: send the bytes of the part");
        return Err(bad(why));
    }
    let hash = hash.finish();
    let etag = random::to_hex(hash.as_ref().get(..16).unwrap_or_default());
    match &mut *parts.state() {
        State::Open(stored) => {
            let etag = etag.clone();
            stored.insert(number, Part { etag, file });
        }
        State::Closed(_) => return Err(bad("The upload was completed already")),
    }
    Ok(etag)
}

/// The answer to a stored part. It has the tag twice, in the body and in a header, as clients read one or the other.
fn stored(number: u32, etag: &str) -> Response {
    let body = json!({ "partNumber": number, "etag": etag });
    let mut answer = reply::json(StatusCode::OK, &body);
    if let Ok(quoted) = format!("\"{etag}\"").parse() {
        answer.headers_mut().insert(ETAG, quoted);
    }
    answer
}

/// The refusal of a part of an upload that was begun in one piece.
pub(super) fn in_one_piece() -> ApiError {
    bad("This upload was begun in one piece: PUT the file to its URL, without a part number")
}

/// A refusal with a text that tells the sender what to correct.
pub(super) fn bad(text: impl Into<String>) -> ApiError {
    ApiError::BadRequest(text.into())
}
