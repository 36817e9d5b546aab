//! Serving a file: whole or in ranges, for ever cacheable, readable by every page, and
//! harmless whatever it holds.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use tokio::io::AsyncReadExt;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::kind;
use super::path::FilePath;
use crate::app::App;
use crate::call::Call;
use crate::reply;

/// The call as a plain request for the file.
pub(super) fn request(call: Call) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = call.method;
    *request.uri_mut() = call.path.parse().unwrap_or_default();
    *request.headers_mut() = call.headers;
    request
}

/// Answers a GET or HEAD of a file.
pub(crate) async fn serve(app: &App, request: Request<Body>) -> Response {
    let not_found = || reply::detail(StatusCode::NOT_FOUND, "Not Found");
    let Some(path) = FilePath::parse(request.uri().path()) else {
        return not_found();
    };
    let on_disk = path.on_disk(app.storage.root());
    let Ok(mut file) = tokio::fs::File::open(&on_disk).await else {
        return not_found();
    };
    let mut head = [0; 12];
    let read = file.read(&mut head).await.unwrap_or(0);
    let head = head.get(..read).unwrap_or_default();
    let Ok(served) = ServeFile::new(on_disk).oneshot(request).await;
    let mut response = served.map(Body::new);
    let guess = app.storage.noted_kind(&path).or_else(|| by_name(&response));
    protect(
        &mut response,
        kind::of(head, guess.as_deref().unwrap_or_default()),
    );
    response
}

/// What the file's extension made of it.
fn by_name(response: &Response) -> Option<String> {
    let kind = response.headers().get(CONTENT_TYPE)?;
    kind.to_str().ok().map(str::to_owned)
}

fn protect(response: &mut Response, kind: &str) {
    let is_there = response.status() != StatusCode::RANGE_NOT_SATISFIABLE;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, "sandbox");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    );
    if is_there {
        set(CACHE_CONTROL, "public, max-age=5184000, immutable");
    }
    if !kind::is_media(kind) {
        set(CONTENT_DISPOSITION, "attachment");
    }
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
}
