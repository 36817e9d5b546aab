//! The folder that files are kept in. A file appears under its name only when it is
//! whole: it is written elsewhere in the folder, and moved.

use std::io;
use std::path::{Path, PathBuf};

use super::path::FilePath;
use super::signature::Signer;
use crate::random;

/// The files of one emulator.
#[derive(Debug)]
pub(crate) struct Storage {
    root: PathBuf,
    pub(super) signer: Signer,
}

impl Storage {
    /// Uses `root`, and creates it if there is no such folder. What an earlier run left
    /// half-written is removed.
    pub(crate) fn open(root: PathBuf) -> io::Result<Self> {
        let incoming = root.join("incoming");
        if incoming.exists() {
            std::fs::remove_dir_all(&incoming)?;
        }
        std::fs::create_dir_all(incoming)?;
        std::fs::create_dir_all(root.join("files"))?;
        std::fs::create_dir_all(root.join("types"))?;
        Ok(Self {
            root,
            signer: Signer::new(),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A file to write to; gone again when dropped, unless it was moved.
    pub(super) fn incoming(&self) -> Incoming {
        Incoming(self.root.join("incoming").join(random::hex::<12>()))
    }

    /// Notes the content type that a file's sender gave.
    pub(super) fn note_kind(&self, path: &FilePath, kind: &str) -> io::Result<()> {
        std::fs::write(path.note(&self.root), kind)
    }

    /// The content type that a file's sender gave.
    pub(super) fn noted_kind(&self, path: &FilePath) -> Option<String> {
        std::fs::read_to_string(path.note(&self.root)).ok()
    }

    /// Keeps a whole file, and says under which path it is served. Blocks.
    pub(crate) fn keep(&self, bytes: &[u8], name: &str) -> io::Result<String> {
        let path = FilePath::new(name);
        let incoming = self.incoming();
        std::fs::write(incoming.path(), bytes)?;
        incoming.become_file(&path, &self.root)?;
        Ok(path.to_string())
    }
}

/// A file on its way in.
#[derive(Debug)]
pub(super) struct Incoming(PathBuf);

impl Incoming {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Moves it to where it is served from.
    pub(super) fn become_file(&self, path: &FilePath, root: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path.folder(root))?;
        std::fs::rename(&self.0, path.on_disk(root))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Fails after a move, and that is well.
        let _ = std::fs::remove_file(&self.0);
    }
}
