//! Serves a file: whole or in ranges, cacheable until it expires, and readable by every page. Headers keep browsers from
//! running anything in it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use tower_http::services::ServeFile;

use super::kind;
use super::lifecycle::{Decision, Lifecycle};
use super::path::FilePath;
use super::store::Storage;
use crate::protocol::Call;
use crate::{clock, range, reply};

/// The longest time that a file may be cached, in seconds (protocol §9.5).
const CACHED: u64 = 5_184_000;

/// The reader of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The emulator itself, or a caller with a key. The emulator has only one account, so every key is the owner's.
    Owner,
    Anybody,
}

impl Reader {
    /// The reader that sent a call.
    pub(super) fn of(call: &Call) -> Self {
        if call.headers.contains_key(AUTHORIZATION) {
            Self::Owner
        } else {
            Self::Anybody
        }
    }
}

/// Converts a call to a plain request for the file.
pub(super) fn request(call: Call) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = call.method;
    *request.uri_mut() = call.path.parse().unwrap_or_default();
    *request.headers_mut() = call.headers;
    request
}

/// Answers a GET or HEAD of a file.
pub(crate) async fn serve(
    storage: &Arc<Storage>,
    request: Request<Body>,
    reader: Reader,
) -> Response {
    let Some(path) = FilePath::parse(request.uri().path()) else {
        return not_found();
    };
    let Some(stored) = storage.look_up(&path).await else {
        return not_found();
    };
    if let Some(refusal) = refusal(stored.life.as_ref(), reader) {
        return refusal;
    }
    let file = ServeFile::new(path.on_disk(storage.root()));
    let mut response = range::serve(file, request).await;
    let guess = stored.kind.or_else(|| by_name(&response));
    let guess = guess.as_deref().unwrap_or_default();
    protect(&mut response, kind::of(&stored.head, guess));
    date(&mut response, stored.life.as_ref());
    response
}

fn not_found() -> Response {
    reply::detail(StatusCode::NOT_FOUND, "Not Found")
}

/// The answer to a reader who may not read the file, or for whom it does not exist. `None` for other readers.
fn refusal(life: Option<&Lifecycle>, reader: Reader) -> Option<Response> {
    let life = life?;
    match life.for_anybody() {
        // It has expired since the last removal of expired files.
        _ if life.is_over(clock::unix_ms()) => Some(not_found()),
        _ if reader == Reader::Owner => None,
        Decision::Allow => None,
        Decision::Hide => Some(not_found()),
        Decision::Forbid => Some(reply::detail(StatusCode::FORBIDDEN, "Forbidden")),
    }
}

/// The content type that the file service chose by the extension.
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

/// Adds the headers about the lifetime of the file, and about caching.
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
