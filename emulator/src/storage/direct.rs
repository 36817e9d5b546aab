//! Uploads straight to the CDN, as the Python client sends them: a token first, by which
//! any number of files may come (protocol §9.4).

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::incoming::receive;
use super::lifecycle::Wish;
use super::path::FilePath;
use super::pending::Upload;
use super::signature::TOKEN_LIFETIME;
use super::{initiate, upload};
use crate::app::App;
use crate::call::Call;
use crate::{body, clock, reply};

/// Gives out a token.
pub(super) fn token(app: &App, call: Call) -> Response {
    let refusal = initiate::wrong_type(&call);
    body::discard(call.body);
    if let Some(refusal) = refusal {
        return refusal;
    }
    let now = SystemTime::now();
    let zoned = |at| format!("{}+00:00", clock::timestamp(at));
    let token = json!({
        "token": app.storage.signer.token(),
        "token_type": "Bearer",
        "base_url": call.origin.to_string(),
        "created_at": zoned(now),
        "expires_at": zoned(now + Duration::from_secs(TOKEN_LIFETIME)),
    });
    reply::json(StatusCode::OK, &token)
}

/// Why a call without a token of ours is refused; `None` if it has one.
pub(super) fn refusal(app: &App, call: &Call) -> Option<Response> {
    let header = call.header("authorization").unwrap_or_default();
    let token = header.strip_prefix("Bearer ").unwrap_or_default();
    (!app.storage.signer.knows(token)).then(|| {
        let text = "Direct uploads need a Bearer token: get one from /storage/auth/token";
        reply::detail(StatusCode::UNAUTHORIZED, text)
    })
}

/// Answers the POST of a whole file.
pub(super) async fn one_piece(app: &App, mut call: Call) -> Response {
    let path = FilePath::new(call.header("x-fal-file-name").unwrap_or_default());
    let wish = Wish::of(&call.headers);
    let kind = call.header("content-type").map(str::to_owned);
    let mut file = app.storage.incoming();
    let stored = async {
        receive(&mut call.body, &mut file, |_| {}).await?;
        upload::admit(app, &mut file, &path, kind.as_deref(), &wish)
    };
    if let Err(failed) = stored.await {
        body::discard(call.body);
        return failed.response();
    }
    let url = format!("{}{path}", call.origin);
    let body = json!({ "access_url": url, "uploaded": true });
    reply::json(StatusCode::OK, &body)
}

/// Answers the POST that begins an upload in parts.
pub(super) fn in_parts(app: &App, call: Call) -> Response {
    let path = FilePath::new(call.header("x-fal-file-name").unwrap_or_default());
    let kind = call.header("content-type").map(str::to_owned);
    let upload = Upload::in_parts(Wish::of(&call.headers), kind);
    body::discard(call.body);
    let id = upload.parts.as_ref().map(|parts| parts.id.clone());
    let url = format!("{}{path}", call.origin);
    app.storage.pending.add(path, upload);
    let body = json!({ "access_url": url, "uploadId": id });
    reply::json(StatusCode::OK, &body)
}
