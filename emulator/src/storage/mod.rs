//! Files (protocol §9). `rest.fal.ai` gives out upload URLs. The CDN's hosts receive and serve the files. The emulator
//! has both.

mod complete;
mod direct;
mod disk;
mod incoming;
mod initiate;
mod kind;
mod lifecycle;
mod list;
mod parts;
mod path;
mod pending;
mod place;
mod recent;
mod serve;
mod signature;
mod store;
mod upload;
mod view;

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;

pub(crate) use lifecycle::Wish;
pub(crate) use place::Place;
pub(crate) use serve::{Reader, serve};
pub(crate) use store::Storage;
pub(crate) use view::FileView;

use crate::body;
use crate::protocol::{ApiError, Call};
use initiate::Pieces;

/// Answers a request to `rest.fal.ai`.
pub(crate) async fn rest(storage: &Arc<Storage>, call: Call) -> Result<Response, ApiError> {
    let is_post = call.method == Method::POST;
    match call.path.trim_end_matches('/') {
        "/storage/upload/initiate" if is_post => {
            initiate::initiate(storage, call, Pieces::One).await
        }
        "/storage/upload/initiate-multipart" if is_post => {
            initiate::initiate(storage, call, Pieces::Parts).await
        }
        "/storage/auth/token" if is_post => direct::token(storage, call),
        "/storage/upload/initiate"
        | "/storage/upload/initiate-multipart"
        | "/storage/auth/token" => Err(ApiError::MethodNotAllowed("POST")),
        _ => Err(ApiError::no_such_path()),
    }
}

/// Answers a request to a host of the CDN.
pub(crate) async fn cdn(storage: &Arc<Storage>, mut call: Call) -> Result<Response, ApiError> {
    if matches!(call.method, Method::GET | Method::HEAD) {
        let reader = Reader::of(&call);
        return Ok(serve(storage, serve::request(call), reader).await);
    }
    let answer = write(storage, &mut call).await;
    if answer.is_err() {
        body::discard(call.body);
    }
    answer
}

async fn write(storage: &Arc<Storage>, call: &mut Call) -> Result<Response, ApiError> {
    match call.method {
        Method::PUT => put(storage, call).await,
        Method::POST => post(storage, call).await,
        // The service does not delete files, not even for their owner (protocol §9.5).
        Method::DELETE => Err(ApiError::Forbidden("Forbidden".to_owned())),
        _ => Err(ApiError::MethodNotAllowed("GET, HEAD, PUT, POST")),
    }
}

async fn put(storage: &Arc<Storage>, call: &mut Call) -> Result<Response, ApiError> {
    let path = call.path.clone();
    match Place::of(&path) {
        Some(Place::File(file)) => {
            let upload = upload::allowed(storage, call, &file, None)?;
            upload::put(storage, call, &file, &upload).await
        }
        Some(Place::Part { file, id, number }) => {
            let upload = upload::allowed(storage, call, &file, id)?;
            parts::put(storage, call, &upload, number).await
        }
        Some(_) => Err(ApiError::MethodNotAllowed("POST")),
        None => Err(ApiError::no_such_path()),
    }
}

async fn post(storage: &Arc<Storage>, call: &mut Call) -> Result<Response, ApiError> {
    let path = call.path.clone();
    match Place::of(&path) {
        Some(Place::Complete { file, id }) => {
            let upload = upload::allowed(storage, call, &file, id)?;
            complete::complete(storage, call, file, upload).await
        }
        Some(Place::File(_) | Place::Part { .. }) => {
            Err(ApiError::MethodNotAllowed("GET, HEAD, PUT"))
        }
        None => Err(ApiError::no_such_path()),
        Some(step) => {
            direct::check(storage, call)?;
            if step == Place::Upload {
                direct::one_piece(storage, call).await
            } else {
                Ok(direct::in_parts(storage, call))
            }
        }
    }
}
