//! The folder that files are kept in. A file appears under its name only when it is
//! whole: it is written elsewhere in the folder, and moved.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::Disk;
use super::incoming::Incoming;
use super::lifecycle::{Lifecycle, Wish};
use super::path::FilePath;
use super::pending::Pending;
use super::signature::Signer;
use crate::{clock, random};

/// The files of one emulator.
#[derive(Debug)]
pub(crate) struct Storage {
    root: PathBuf,
    disk: Arc<Disk>,
    /// The files that have an end, first the next to go. Unix time in ms.
    ends: Mutex<BTreeSet<(u64, FilePath)>>,
    pub(super) signer: Signer,
    pub(super) pending: Pending,
}

impl Storage {
    /// Uses `root`, and creates it if there is no such folder; its files may take
    /// `limit_bytes` in all. What an earlier run left half-written is removed.
    pub(crate) fn open(root: PathBuf, limit_bytes: u64) -> io::Result<Self> {
        let incoming = root.join("incoming");
        if incoming.exists() {
            std::fs::remove_dir_all(&incoming)?;
        }
        for folder in ["incoming", "files", "types", "lifecycles"] {
            std::fs::create_dir_all(root.join(folder))?;
        }
        let used = size_of(&root.join("files"))?;
        let storage = Self {
            disk: Disk::new(limit_bytes, used),
            ends: Mutex::new(ends_in(&root.join("lifecycles"))?),
            root,
            signer: Signer::new(),
            pending: Pending::default(),
        };
        storage.remove_expired();
        Ok(storage)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A file to write to; gone again when dropped, unless it was kept.
    pub(super) fn incoming(&self) -> Incoming {
        self.remove_expired();
        let path = self.root.join("incoming").join(random::hex::<12>());
        Incoming::new(path, &self.disk)
    }

    /// Notes the content type that a file's sender gave.
    pub(super) fn note_kind(&self, path: &FilePath, kind: &str) -> io::Result<()> {
        std::fs::write(path.note(&self.root), kind)
    }

    /// The content type that a file's sender gave.
    pub(super) fn noted_kind(&self, path: &FilePath) -> Option<String> {
        std::fs::read_to_string(path.note(&self.root)).ok()
    }

    /// What holds for a file beside its bytes.
    pub(super) fn lifecycle(&self, path: &FilePath) -> Option<Lifecycle> {
        let noted = std::fs::read(path.lifecycle(&self.root)).ok()?;
        serde_json::from_slice(&noted).ok()
    }

    /// Moves a file that has come in whole to where it is served from.
    pub(super) fn admit(
        &self,
        incoming: &mut Incoming,
        path: &FilePath,
        wish: &Wish,
    ) -> io::Result<()> {
        // First the note: no moment may be when a hidden file could be read.
        if let Some(life) = wish.granted(clock::unix_ms()) {
            std::fs::write(path.lifecycle(&self.root), serde_json::to_vec(&life)?)?;
            if let Some(end) = life.expires_at_ms {
                self.ends().insert((end, path.clone()));
            }
        }
        let replaced = std::fs::metadata(path.on_disk(&self.root)).map_or(0, |file| file.len());
        incoming.become_file(path, &self.root)?;
        self.disk.give_back(replaced);
        Ok(())
    }

    /// Keeps a whole file, and says under which path it is served. Blocks.
    pub(crate) fn keep(&self, bytes: &[u8], name: &str, wish: &Wish) -> io::Result<String> {
        let path = FilePath::new(name);
        let mut incoming = self.incoming();
        incoming.claim(bytes.len())?;
        std::fs::write(incoming.path(), bytes)?;
        self.admit(&mut incoming, &path, wish)?;
        Ok(path.to_string())
    }

    /// Removes the files whose time is up.
    pub(super) fn remove_expired(&self) {
        let now = clock::unix_ms();
        loop {
            let mut ends = self.ends();
            if ends.first().is_none_or(|(end, _)| *end > now) {
                return;
            }
            let next = ends.pop_first();
            drop(ends);
            let Some((_, path)) = next else { return };
            // A file that was sent again may have a later end.
            if self.lifecycle(&path).is_some_and(|life| life.is_over(now)) {
                self.remove(&path);
            }
        }
    }

    fn remove(&self, path: &FilePath) {
        let file = path.on_disk(&self.root);
        let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
        if std::fs::remove_file(&file).is_ok() {
            self.disk.give_back(bytes);
        }
        // The note of its end goes last: a file without one would be for ever.
        let _ = std::fs::remove_file(path.note(&self.root));
        let _ = std::fs::remove_file(path.lifecycle(&self.root));
    }

    fn ends(&self) -> MutexGuard<'_, BTreeSet<(u64, FilePath)>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of all files in the folders of `files`.
fn size_of(files: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for folder in std::fs::read_dir(files)? {
        for file in std::fs::read_dir(folder?.path()).into_iter().flatten() {
            bytes += file?.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// The ends that an earlier run noted.
fn ends_in(lifecycles: &Path) -> io::Result<BTreeSet<(u64, FilePath)>> {
    let mut ends = BTreeSet::new();
    for note in std::fs::read_dir(lifecycles)? {
        let note = note?;
        let noted = std::fs::read(note.path())?;
        let life = serde_json::from_slice::<Lifecycle>(&noted).ok();
        let end = life.and_then(|life| life.expires_at_ms);
        let path = FilePath::of_note(&note.file_name().to_string_lossy());
        ends.extend(end.zip(path));
    }
    Ok(ends)
}
