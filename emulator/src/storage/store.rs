//! The folder of the stored files. A file is first written to another folder within it, and moved when it is complete. So
//! it appears under its own name only as a whole.
//!
//! Disk access blocks, so handlers run it on threads for blocking work.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::disk::{self, Disk};
use super::incoming::{self, Incoming};
use super::kind;
use super::lifecycle::{Lifecycle, Wish};
use super::path::FilePath;
use super::pending::Pending;
use super::recent::Recent;
use super::signature::Signer;
use crate::clock;
use crate::data::DataFolder;

/// The folder of incomplete files.
const INCOMING: &str = "incoming";

/// The number of bytes at the start of a file by which its content type is recognised.
const HEAD_BYTES: usize = 12;

/// The files of one emulator.
#[derive(Debug)]
pub(crate) struct Storage {
    root: PathBuf,
    disk: Arc<Disk>,
    /// The files that expire, with the Unix time in ms. The next to expire is the first.
    ends: Mutex<BTreeSet<(u64, FilePath)>>,
    pub(super) signer: Signer,
    pub(super) pending: Pending,
    pub(super) recent: Recent,
}

/// The facts about a stored file that serving it needs.
#[derive(Debug)]
pub(super) struct Stored {
    /// Its lifecycle, if it has one.
    pub(super) life: Option<Lifecycle>,
    /// The content type that its sender gave.
    pub(super) kind: Option<String>,
    /// Its first bytes.
    pub(super) head: Vec<u8>,
}

impl Storage {
    /// Opens the storage in a data folder. Its files may take `limit_bytes` together. Removes incomplete files of an
    /// earlier run. Blocks.
    pub(crate) fn open(folder: &DataFolder, limit_bytes: u64) -> io::Result<Self> {
        let root = folder.path().to_owned();
        for name in [INCOMING, "files", "types", "lifecycles"] {
            std::fs::create_dir_all(root.join(name))?;
        }
        remove_incoming(&root.join(INCOMING))?;
        let used = size_of(&root.join("files"))?;
        let storage = Self {
            disk: Disk::new(limit_bytes, used, folder.lifetime()),
            ends: Mutex::new(ends_in(&root.join("lifecycles"))?),
            recent: Recent::find(&root),
            root,
            signer: Signer::new(),
            pending: Pending::default(),
        };
        storage.remove_due();
        Ok(storage)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A new file to write to. Dropping it removes the file, unless it was admitted.
    pub(super) async fn incoming(self: &Arc<Self>) -> Incoming {
        self.remove_expired().await;
        self.next_incoming()
    }

    /// The facts of a file. `None` if there is no such file.
    pub(super) async fn look_up(self: &Arc<Self>, path: &FilePath) -> Option<Stored> {
        self.remove_expired().await;
        let path = path.clone();
        self.on_a_thread(move |storage| storage.read(&path)).await?
    }

    /// Stores a complete file, which is served from now on. `kind` is the content type that its sender gave.
    pub(super) async fn admit(
        self: &Arc<Self>,
        incoming: Incoming,
        path: &FilePath,
        kind: Option<&str>,
        wish: &Wish,
    ) -> io::Result<()> {
        let (path, wish) = (path.clone(), wish.clone());
        let kind = kind
            .filter(|kind| kind::is_harmless(kind))
            .map(str::to_owned);
        let admitted = self.on_a_thread(move |storage| {
            if let Some(kind) = kind {
                std::fs::write(path.note(&storage.root), kind)?;
            }
            storage.place(incoming, &path, &wish)
        });
        let panicked = || {
            Err(io::Error::other(
                "what it said is on the emulator's terminal",
            ))
        };
        admitted.await.unwrap_or_else(panicked)
    }

    /// Stores bytes as a file, and returns its path. Blocks.
    pub(crate) fn keep(&self, bytes: &[u8], name: &str, wish: &Wish) -> io::Result<String> {
        self.remove_due();
        let path = FilePath::new(name);
        let mut incoming = self.next_incoming();
        incoming.claim(bytes.len())?;
        std::fs::write(incoming.path(), bytes)
            .and_then(|()| self.place(incoming, &path, wish))
            .map_err(disk::add_advice)?;
        Ok(path.to_string())
    }

    /// Removes the files that have expired.
    pub(super) async fn remove_expired(self: &Arc<Self>) {
        if self.is_any_due() {
            self.on_a_thread(Self::remove_due).await;
        }
    }

    /// Runs `work` on a thread that may block. `None` if it panicked.
    async fn on_a_thread<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let storage = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&storage))
            .await
            .ok()
    }

    fn next_incoming(&self) -> Incoming {
        Incoming::new(&self.root.join(INCOMING), &self.disk)
    }

    /// The facts of a file, read from the disk. `None` if there is no such file. Blocks.
    pub(super) fn read(&self, path: &FilePath) -> Option<Stored> {
        let file = std::fs::File::open(path.on_disk(&self.root)).ok()?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        // A file that cannot be read counts as one that does not exist.
        file.take(HEAD_BYTES as u64).read_to_end(&mut head).ok()?;
        Some(Stored {
            life: self.lifecycle(path),
            kind: std::fs::read_to_string(path.note(&self.root)).ok(),
            head,
        })
    }

    fn lifecycle(&self, path: &FilePath) -> Option<Lifecycle> {
        let noted = std::fs::read(path.lifecycle(&self.root)).ok()?;
        serde_json::from_slice(&noted).ok()
    }

    /// Moves a complete file to the path that it is served from.
    fn place(&self, incoming: Incoming, path: &FilePath, wish: &Wish) -> io::Result<()> {
        // First the note of its lifecycle, so that a hidden file cannot be read even for a moment.
        if let Some(life) = wish.granted(clock::unix_ms()) {
            std::fs::write(path.lifecycle(&self.root), serde_json::to_vec(&life)?)?;
            if let Some(end) = life.expires_at_ms {
                self.ends.lock().insert((end, path.clone()));
            }
        }
        let replaced = std::fs::metadata(path.on_disk(&self.root)).map_or(0, |file| file.len());
        incoming.become_file(path, &self.root)?;
        self.disk.give_back(replaced);
        let bytes = std::fs::metadata(path.on_disk(&self.root)).map_or(0, |file| file.len());
        self.recent.add(path, bytes);
        Ok(())
    }

    fn is_any_due(&self) -> bool {
        let next = self.ends.lock().first().map(|(end, _)| *end);
        next.is_some_and(|end| end <= clock::unix_ms())
    }

    fn remove_due(&self) {
        let now = clock::unix_ms();
        loop {
            let mut ends = self.ends.lock();
            if ends.first().is_none_or(|(end, _)| *end > now) {
                return;
            }
            let next = ends.pop_first();
            drop(ends);
            let Some((_, path)) = next else { return };
            // A file that was uploaded again may expire later.
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
        self.recent.remove(path);
        // The note of its lifecycle is removed last, as a file without it would never expire.
        let _ = std::fs::remove_file(path.note(&self.root));
        let _ = std::fs::remove_file(path.lifecycle(&self.root));
    }
}

/// Removes the incomplete files that an earlier run left, and no other files.
fn remove_incoming(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_file() && incoming::is_incoming(&name.to_string_lossy()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
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

/// The expiry times in the notes of an earlier run.
fn ends_in(lifecycles: &Path) -> io::Result<BTreeSet<(u64, FilePath)>> {
    let mut ends = BTreeSet::new();
    for note in std::fs::read_dir(lifecycles)? {
        let note = note?;
        // Skips entries that are not notes of this program.
        let Ok(noted) = std::fs::read(note.path()) else {
            continue;
        };
        let life = serde_json::from_slice::<Lifecycle>(&noted).ok();
        let end = life.and_then(|life| life.expires_at_ms);
        let path = FilePath::of_note(&note.file_name().to_string_lossy());
        ends.extend(end.zip(path));
    }
    Ok(ends)
}
