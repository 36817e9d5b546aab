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

use axum::http::{Method, StatusCode};
use axum::response::Response;

pub(crate) use lifecycle::Wish;
pub(crate) use place::Place;
pub(crate) use serve::{Reader, serve};
pub(crate) use store::Storage;
pub(crate) use view::FileView;

use crate::protocol::Call;
use crate::{body, reply};
use initiate::Pieces;

/// Answers a request to `rest.fal.ai`.
pub(crate) async fn rest(storage: &Arc<Storage>, call: Call) -> Response {
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
        | "/storage/auth/token" => reply::wrong_method("POST"),
        _ => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// Answers a request to a host of the CDN.
pub(crate) async fn cdn(storage: &Arc<Storage>, call: Call) -> Response {
    match call.method {
        Method::GET | Method::HEAD => {
            let reader = Reader::of(&call);
            serve(storage, serve::request(call), reader).await
        }
        Method::PUT => put(storage, call).await,
        Method::POST => post(storage, call).await,
        // The service does not delete files, not even for their owner (protocol §9.5).
        Method::DELETE => reply::detail(StatusCode::FORBIDDEN, "Forbidden"),
        _ => reply::wrong_method("GET, HEAD, PUT, POST"),
    }
}

async fn put(storage: &Arc<Storage>, call: Call) -> Response {
    let path = call.path.clone();
    match Place::of(&path) {
        Some(Place::File(file)) => match upload::allowed(storage, &call, &file, None) {
            Ok(upload) => upload::put(storage, call, &file, &upload).await,
            Err(refusal) => refused(call, *refusal),
        },
        Some(Place::Part { file, id, number }) => {
            match upload::allowed(storage, &call, &file, id) {
                Ok(upload) => parts::put(storage, call, &upload, number).await,
                Err(refusal) => refused(call, *refusal),
            }
        }
        Some(_) => refused(call, reply::wrong_method("POST")),
        None => refused(call, reply::detail(StatusCode::NOT_FOUND, "Not Found")),
    }
}

async fn post(storage: &Arc<Storage>, call: Call) -> Response {
    let path = call.path.clone();
    match Place::of(&path) {
        Some(Place::Complete { file, id }) => match upload::allowed(storage, &call, &file, id) {
            Ok(upload) => complete::complete(storage, call, file, upload).await,
            Err(refusal) => refused(call, *refusal),
        },
        Some(Place::File(_) | Place::Part { .. }) => {
            refused(call, reply::wrong_method("GET, HEAD, PUT"))
        }
        None => refused(call, reply::detail(StatusCode::NOT_FOUND, "Not Found")),
        Some(step) => match direct::refusal(storage, &call) {
            Some(refusal) => refused(call, refusal),
            None if step == Place::Upload => direct::one_piece(storage, call).await,
            None => direct::in_parts(storage, call),
        },
    }
}

/// Discards the body of a call, and returns the answer.
fn refused(call: Call, answer: Response) -> Response {
    body::discard(call.body);
    answer
}
