//! A file that is being uploaded. The bytes of the request are written to it as they arrive.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Handle;

use super::disk::{self, Disk};
use super::path::FilePath;
use crate::body::{Pieces, Unread};
use crate::budget::Share;
use crate::protocol::ApiError;
use crate::random;

/// The largest file that the service accepts in one piece, in bytes (protocol §9.2).
pub(super) const LARGEST_BYTES: usize = 100 << 20;

/// The number of random bytes in the temporary name of a file.
const NAME_BYTES: usize = 12;

/// A file that is not complete yet. Dropping it removes the file, unless it was moved.
#[derive(Debug)]
pub(super) struct Incoming {
    /// `None` once the file was moved.
    path: Option<PathBuf>,
    disk: Arc<Disk>,
    share: Share,
}

impl Incoming {
    /// A file in `folder` with a new name. It is not created yet.
    pub(super) fn new(folder: &Path, disk: &Arc<Disk>) -> Self {
        Self {
            path: Some(folder.join(random::hex::<NAME_BYTES>())),
            disk: Arc::clone(disk),
            share: disk.share(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Takes `bytes` bytes of the disk limit. Must be called before they are written.
    pub(super) fn claim(&mut self, bytes: usize) -> io::Result<()> {
        self.disk.grow(&mut self.share, bytes)
    }

    /// Appends another file, which is removed. Blocks.
    pub(super) fn append(&mut self, mut other: Self) -> io::Result<()> {
        let mut end = std::fs::OpenOptions::new().append(true).open(self.path())?;
        io::copy(&mut std::fs::File::open(other.path())?, &mut end)?;
        self.share.absorb(&mut other.share);
        Ok(())
    }

    /// Moves the file to its path among the served files. Blocks.
    pub(super) fn become_file(mut self, path: &FilePath, root: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path.folder(root))?;
        std::fs::rename(self.path(), path.on_disk(root))?;
        self.path = None;
        self.share.keep();
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let Some(path) = self.path.take() else { return };
        let remove = move || {
            let _ = std::fs::remove_file(path);
        };
        // Usually a handler drops it, which must not wait for the disk.
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

/// Whether a file has a temporary name. Only such files are removed from the folder of incomplete files.
pub(super) fn is_incoming(name: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.len() == 2 * NAME_BYTES && name.bytes().all(is_digit)
}

/// The reason why an upload failed.
#[derive(Debug)]
pub(super) enum Failed {
    Unread(Unread),
    Disk(io::Error),
}

impl From<Failed> for ApiError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Unread(unread) => Self::Unread(unread),
            Failed::Disk(error) => {
                let text = format!("The emulator could not store the file: {error}");
                Self::InsufficientStorage(text)
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
        Self::Disk(disk::add_advice(error))
    }
}

/// Writes a body to `incoming` piece by piece, and calls `see` with each piece. Returns the length of the body in bytes.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_were_made_here_are_those_of_incoming_files() {
        assert!(is_incoming(&random::hex::<NAME_BYTES>()));
        for name in [
            "",
            "photo.jpg",
            "0123456789ABCDEF01234567",
            "../../../../../etc/passwd",
        ] {
            assert!(!is_incoming(name), "{name}");
        }
    }
}
