//! The second step of an upload: writes the bytes to the disk as they arrive. The sender must have begun the upload, which
//! the signature in the URL or a token shows.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;

use super::direct;
use super::incoming::{Failed, receive};
use super::lifecycle::Wish;
use super::path::FilePath;
use super::pending::Upload;
use super::store::Storage;
use crate::protocol::{ApiError, Call};

/// The upload of a call, if the caller may send to it. `id` is the id of the upload in URLs without a signature.
pub(super) fn allowed(
    storage: &Storage,
    call: &Call,
    file: &FilePath,
    id: Option<&str>,
) -> Result<Arc<Upload>, ApiError> {
    match id {
        None => check_signature(storage, call, file)?,
        Some(_) => direct::check(storage, call)?,
    }
    let upload = storage.pending.find(file);
    let is_meant = |upload: &Arc<Upload>| {
        let own = upload.parts.as_ref().map(|parts| parts.id.as_str());
        id.is_none() || id == own
    };
    upload.filter(is_meant).ok_or_else(|| {
        let text = "No such upload is open here: begin it again";
        ApiError::NotFound(text.to_owned())
    })
}

fn check_signature(storage: &Storage, call: &Call, file: &FilePath) -> Result<(), ApiError> {
    let (expires, signature) = (call.parameter("expires"), call.parameter("signature"));
    let signer = &storage.signer;
    if signer.allows(&file.to_string(), expires.as_deref(), signature.as_deref()) {
        return Ok(());
    }
    let text = "The upload URL is not signed, or has expired: initiate the upload again";
    Err(ApiError::Forbidden(text.to_owned()))
}

/// Answers the PUT of a whole file.
pub(super) async fn put(
    storage: &Arc<Storage>,
    call: &mut Call,
    path: &FilePath,
    upload: &Upload,
) -> Result<Response, ApiError> {
    if upload.parts.is_some() {
        let text = "This upload was initiated in parts: PUT each with /{number} before the query \
                    of the upload URL";
        return Err(ApiError::BadRequest(text.to_owned()));
    }
    let kind = call.header("content-type").map(str::to_owned);
    store(storage, &mut call.body, path, kind.as_deref(), &upload.wish).await?;
    Ok(Response::new(Body::empty()))
}

async fn store(
    storage: &Arc<Storage>,
    body: &mut Body,
    path: &FilePath,
    kind: Option<&str>,
    wish: &Wish,
) -> Result<(), Failed> {
    let mut file = storage.incoming().await;
    receive(body, &mut file, |_| {}).await?;
    Ok(storage.admit(file, path, kind, wish).await?)
}
