//! Serving a file: whole or in ranges, cacheable for as long as it lives, readable by
//! every page, and harmless whatever it holds.

use axum::body::Body;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use tokio::io::AsyncReadExt;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::kind;
use super::lifecycle::{Decision, Lifecycle};
use super::path::FilePath;
use crate::app::App;
use crate::call::Call;
use crate::{clock, reply};

/// How long a file without an end may be cached, in seconds (protocol §9.5).
const CACHED: u64 = 5_184_000;

/// Who asks for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The owner: the emulator itself, or somebody with a key. There is one account here.
    Owner,
    Anybody,
}

impl Reader {
    /// The sender of a call.
    pub(super) fn of(call: &Call) -> Self {
        if call.headers.contains_key(AUTHORIZATION) {
            Self::Owner
        } else {
            Self::Anybody
        }
    }
}

/// The call as a plain request for the file.
pub(super) fn request(call: Call) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = call.method;
    *request.uri_mut() = call.path.parse().unwrap_or_default();
    *request.headers_mut() = call.headers;
    request
}

/// Answers a GET or HEAD of a file.
pub(crate) async fn serve(app: &App, request: Request<Body>, reader: Reader) -> Response {
    let Some(path) = FilePath::parse(request.uri().path()) else {
        return not_found();
    };
    let life = app.storage.lifecycle(&path);
    if let Some(refusal) = refusal(app, life.as_ref(), reader) {
        return refusal;
    }
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
    date(&mut response, life.as_ref());
    response
}

fn not_found() -> Response {
    reply::detail(StatusCode::NOT_FOUND, "Not Found")
}

/// The answer to a reader for whom there is no such file, or no leave to read it.
fn refusal(app: &App, life: Option<&Lifecycle>, reader: Reader) -> Option<Response> {
    let life = life?;
    if life.is_over(clock::unix_ms()) {
        app.storage.remove_expired();
        return Some(not_found());
    }
    match life.for_anybody() {
        _ if reader == Reader::Owner => None,
        Decision::Allow => None,
        Decision::Hide => Some(not_found()),
        Decision::Forbid => Some(reply::detail(StatusCode::FORBIDDEN, "Forbidden")),
    }
}

/// What the file's extension made of it.
fn by_name(response: &Response) -> Option<String> {
    let kind = response.headers().get(CONTENT_TYPE)?;
    kind.to_str().ok().map(str::to_owned)
}

fn protect(response: &mut Response, kind: &str) {
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
    if !kind::is_media(kind) {
        set(CONTENT_DISPOSITION, "attachment");
    }
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
}

/// Tells how long the file lives, and may be cached.
fn date(response: &mut Response, life: Option<&Lifecycle>) {
    let end = life.and_then(|life| life.expires_at_ms);
    let left = end.map(|end| end.saturating_sub(clock::unix_ms()) / 1000);
    let is_public = life.is_none_or(|life| life.for_anybody() == Decision::Allow);
    let who = if is_public { "public" } else { "private" };
    let most = left.unwrap_or(CACHED).min(CACHED);
    let is_there = response.status() != StatusCode::RANGE_NOT_SATISFIABLE;
    let headers = response.headers_mut();
    if is_there && let Ok(cached) = format!("{who}, max-age={most}, immutable").parse() {
        headers.insert(CACHE_CONTROL, cached);
    }
    if let Some(end) = end {
        headers.insert("x-fal-object-lifecycle-expiration", end.into());
    }
}
