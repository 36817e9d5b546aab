//! A file on its way in, and the bytes of a request written to it as they come.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::io::AsyncWriteExt;

use super::disk::{Disk, Room};
use super::path::FilePath;
use crate::body::{Pieces, Unread};
use crate::reply;

/// What the service takes in one piece (protocol §9.2).
pub(super) const LARGEST_BYTES: usize = 100 << 20;

/// A file that is not yet whole. Gone when dropped, unless it was moved.
#[derive(Debug)]
pub(super) struct Incoming {
    path: PathBuf,
    room: Room,
}

impl Incoming {
    pub(super) fn new(path: PathBuf, disk: &Arc<Disk>) -> Self {
        let room = Room::none(disk);
        Self { path, room }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// To be called before so many bytes are written.
    pub(super) fn claim(&mut self, bytes: usize) -> io::Result<()> {
        self.room.grow(bytes)
    }

    /// Appends another file, which is gone then. Blocks.
    pub(super) fn append(&mut self, mut other: Self) -> io::Result<()> {
        let mut end = std::fs::OpenOptions::new().append(true).open(&self.path)?;
        io::copy(&mut std::fs::File::open(&other.path)?, &mut end)?;
        self.room.absorb(&mut other.room);
        Ok(())
    }

    /// Moves it to where it is served from.
    pub(super) fn become_file(&mut self, path: &FilePath, root: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path.folder(root))?;
        std::fs::rename(&self.path, path.on_disk(root))?;
        self.room.keep();
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Fails after a move, and that is well.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Why nothing came in.
#[derive(Debug)]
pub(super) enum Failed {
    Unread(Unread),
    Disk(io::Error),
}

impl Failed {
    /// The answer for the sender.
    pub(super) fn response(&self) -> Response {
        match self {
            Self::Unread(unread) => unread.response(),
            Self::Disk(error) => {
                let text = format!("The emulator could not store the file: {error}");
                reply::detail(StatusCode::INSUFFICIENT_STORAGE, text)
            }
        }
    }
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

/// Writes a body to `incoming` piece by piece, and lets `see` each; gives its length in
/// bytes.
pub(super) async fn receive(
    body: &mut Body,
    incoming: &mut Incoming,
    mut see: impl FnMut(&[u8]),
) -> Result<u64, Failed> {
    let mut pieces = Pieces::of(body, LARGEST_BYTES)?;
    let mut file = tokio::fs::File::create(incoming.path()).await?;
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await? {
        incoming.claim(piece.len())?;
        see(&piece);
        file.write_all(&piece).await?;
        bytes += piece.len() as u64;
    }
    file.flush().await?;
    Ok(bytes)
}
