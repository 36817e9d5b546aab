//! The last step of an upload in parts: the caller lists all parts, and the emulator joins them to the file (protocol
//! §9.3, §9.4).

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::incoming::{Failed, Incoming};
use super::lifecycle::Wish;
use super::list::{self, List};
use super::parts::{bad, in_one_piece};
use super::path::FilePath;
use super::pending::{Parts, State, Upload};
use super::store::Storage;
use crate::protocol::{ApiError, Call};
use crate::{body, reply};

/// The largest body, in bytes: a list of 10,000 parts, and room for long tags.
const LARGEST_LIST: usize = 2 << 20;

/// Answers the POST that completes an upload.
pub(super) async fn complete(
    storage: &Arc<Storage>,
    call: &mut Call,
    file: FilePath,
    upload: Arc<Upload>,
) -> Result<Response, ApiError> {
    if upload.parts.is_none() {
        return Err(in_one_piece());
    }
    let received = body::read(&mut call.body, LARGEST_LIST).await?;
    let list = serde_json::from_slice::<List>(&received).map_err(|error| {
        bad(format!(
            "Expected {{\"parts\":[{{\"partNumber\":1,\"etag\":\"…\"}}, …]}}: {error}"
        ))
    })?;
    let entries = list.entries();
    let url = format!("{}{file}", call.origin);
    // In a task of its own, so that the file is completed even if the caller leaves.
    let finishing = finish(Arc::clone(storage), file, upload, entries);
    let finished = tokio::spawn(finishing).await.map_err(|_| {
        let text = "The emulator could not join the parts: what it said is on its terminal";
        ApiError::Internal(text.to_owned())
    })?;
    finished?;
    let body = json!({ "access_url": url, "file_url": url, "uploaded": true });
    Ok(reply::json(StatusCode::OK, &body))
}

/// Makes the file. If the same list was sent before, the file is there already, and the call succeeds again: a client
/// repeats it when the first answer was lost.
async fn finish(
    storage: Arc<Storage>,
    file: FilePath,
    upload: Arc<Upload>,
    entries: Vec<(u32, String)>,
) -> Result<(), ApiError> {
    let Some(parts) = &upload.parts else {
        return Err(in_one_piece());
    };
    let _turn = parts.completing.lock().await;
    let Some(pieces) = close(parts, entries).map_err(bad)? else {
        return Ok(());
    };
    let kind = parts.kind.as_deref();
    let joined = join(&storage, pieces, &file, kind, &upload.wish).await;
    joined.map_err(|failed| {
        *parts.state() = State::Open(BTreeMap::new());
        failed.into()
    })
}

/// Checks the list, and takes the parts out of the upload. `None` if an earlier call with the same list has taken them.
fn close(parts: &Parts, entries: Vec<(u32, String)>) -> Result<Option<Vec<Incoming>>, String> {
    let mut state = parts.state();
    let stored = match &mut *state {
        State::Closed(before) if *before == entries => return Ok(None),
        State::Closed(_) => {
            return Err("The upload was completed already, with other parts".to_owned());
        }
        State::Open(stored) => stored,
    };
    if let Some(problem) = list::problem(&entries, stored) {
        return Err(problem);
    }
    let mut stored = std::mem::take(stored);
    let listed = entries
        .iter()
        .filter_map(|(number, _)| stored.remove(number));
    let pieces = listed.map(|part| part.file).collect();
    *state = State::Closed(entries);
    Ok(Some(pieces))
}

async fn join(
    storage: &Arc<Storage>,
    pieces: Vec<Incoming>,
    path: &FilePath,
    kind: Option<&str>,
    wish: &Wish,
) -> Result<(), Failed> {
    let joined = tokio::task::spawn_blocking(move || {
        let mut pieces = pieces.into_iter();
        let mut whole = pieces.next().ok_or(io::ErrorKind::NotFound)?;
        pieces.try_for_each(|piece| whole.append(piece))?;
        Ok::<_, io::Error>(whole)
    });
    let whole = joined.await.map_err(io::Error::other)??;
    Ok(storage.admit(whole, path, kind, wish).await?)
}
