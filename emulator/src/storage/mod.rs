//! Files: uploads asked for on `rest.fal.ai`, sent and fetched on the CDN's hosts, both
//! here (protocol §9.2, §9.5).

mod initiate;
mod kind;
mod path;
mod serve;
mod signature;
mod store;
mod upload;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use axum::response::Response;

pub(crate) use path::is_file;
pub(crate) use serve::serve;
pub(crate) use store::Storage;

use crate::app::App;
use crate::call::Call;
use crate::reply;

/// Answers a request to `rest.fal.ai`.
pub(crate) async fn rest(app: &Arc<App>, call: Call) -> Response {
    match call.path.trim_end_matches('/') {
        "/storage/upload/initiate" if call.method == Method::POST => {
            initiate::answer(app, call).await
        }
        "/storage/upload/initiate" => reply::wrong_method("POST"),
        "/storage/upload/initiate-multipart" => reply::detail(
            StatusCode::NOT_FOUND,
            "The emulator has no multipart uploads yet: send up to 100 MB in one piece, \
             with /storage/upload/initiate",
        ),
        _ => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// Answers a request to a host of the CDN.
pub(crate) async fn cdn(app: &Arc<App>, call: Call) -> Response {
    match call.method {
        Method::GET | Method::HEAD => serve(app, serve::request(call)).await,
        Method::PUT => upload::answer(app, call).await,
        // The service keeps files whatever their owner says (protocol §9.5).
        Method::DELETE => reply::detail(StatusCode::FORBIDDEN, "Forbidden"),
        _ => reply::wrong_method("GET, HEAD, PUT"),
    }
}
