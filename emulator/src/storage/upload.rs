//! The second step of an upload: the bytes, straight to disk.

use std::io;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::io::AsyncWriteExt;

use super::kind;
use super::path::FilePath;
use crate::app::App;
use crate::body::{self, Pieces, Unread};
use crate::call::Call;
use crate::reply;

/// What the service takes in one piece (protocol §9.2).
const LARGEST: usize = 100 << 20;

pub(super) async fn answer(app: &App, mut call: Call) -> Response {
    let Some(path) = FilePath::parse(&call.path) else {
        return reply::detail(StatusCode::NOT_FOUND, "Not Found");
    };
    let (expires, signature) = (call.parameter("expires"), call.parameter("signature"));
    let signer = &app.storage.signer;
    if !signer.allows(&call.path, expires.as_deref(), signature.as_deref()) {
        body::discard(call.body);
        let text = "The upload URL is not signed, or has expired: initiate the upload again";
        return reply::detail(StatusCode::FORBIDDEN, text);
    }
    let kind = call.header("content-type").map(str::to_owned);
    match receive(app, &mut call.body, &path, kind.as_deref()).await {
        Ok(()) => Response::new(Body::empty()),
        Err(Failed::Unread(unread)) => {
            body::discard(call.body);
            unread.response()
        }
        Err(Failed::Disk(error)) => {
            body::discard(call.body);
            let text = format!("The emulator could not store the file: {error}");
            reply::detail(StatusCode::INSUFFICIENT_STORAGE, text)
        }
    }
}

enum Failed {
    Unread(Unread),
    Disk(io::Error),
}

impl From<Unread> for Failed {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

async fn receive(
    app: &App,
    body: &mut Body,
    path: &FilePath,
    kind: Option<&str>,
) -> Result<(), Failed> {
    let mut pieces = Pieces::of(body, LARGEST)?;
    let incoming = app.storage.incoming();
    let mut file = tokio::fs::File::create(incoming.path()).await?;
    while let Some(piece) = pieces.next().await? {
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    drop(file);
    if let Some(kind) = kind.filter(|kind| kind::is_harmless(kind)) {
        app.storage.note_kind(path, kind)?;
    }
    Ok(incoming.become_file(path, app.storage.root())?)
}
