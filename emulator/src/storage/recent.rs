//! The latest files, which the inspector shows. Only their paths are kept, so this has no effect on their lifetimes.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::kind;
use super::lifecycle::Decision;
use super::path::FilePath;
use super::store::{Storage, Stored};
use crate::clock;

/// The most files that are shown. When there are more, only the latest are shown.
const MOST: usize = 200;

/// The latest files, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The number of changes so far.
    revision: u64,
    files: VecDeque<Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    path: FilePath,
    bytes: u64,
    stored_ms: u64,
}

/// The data of a file that the inspector shows.
#[derive(Debug)]
pub(crate) struct FileView {
    /// Its path in URLs.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) content_type: String,
    /// Unix time in ms.
    pub(crate) stored_ms: u64,
    pub(crate) expires_at_ms: Option<u64>,
    /// The decision for a reader without a key: `allow`, `forbid` or `hide`.
    pub(crate) access: &'static str,
}

impl Recent {
    /// The latest files that an earlier run left in `root`.
    pub(super) fn find(root: &Path) -> Self {
        let mut found: Vec<_> = files_in(&root.join("files"));
        found.sort_unstable_by_key(|kept| kept.stored_ms);
        let from = found.len().saturating_sub(MOST);
        let files = found.split_off(from).into();
        Self(Mutex::new(State { revision: 0, files }))
    }

    pub(super) fn add(&self, path: &FilePath, bytes: u64) {
        let mut state = self.state();
        state.revision += 1;
        // The same file may have been uploaded before.
        state.files.retain(|kept| kept.path != *path);
        if state.files.len() >= MOST {
            state.files.pop_front();
        }
        state.files.push_back(Kept {
            path: path.clone(),
            bytes,
            stored_ms: clock::unix_ms(),
        });
    }

    pub(super) fn remove(&self, path: &FilePath) {
        let mut state = self.state();
        state.revision += 1;
        state.files.retain(|kept| kept.path != *path);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage {
    /// A number that changes whenever a file is added or removed.
    pub(crate) fn revision(&self) -> u64 {
        self.recent.state().revision
    }

    /// The latest files, the newest first. Blocks.
    pub(crate) fn recent_files(&self) -> Vec<FileView> {
        let kept: Vec<_> = self.recent.state().files.iter().rev().cloned().collect();
        let now = clock::unix_ms();
        let views = kept.into_iter().filter_map(|kept| {
            let Stored { life, kind, head } = self.read(&kept.path)?;
            Some(FileView {
                content_type: kind::of(&head, kind.as_deref().unwrap_or_default()).to_owned(),
                bytes: kept.bytes,
                stored_ms: kept.stored_ms,
                expires_at_ms: life.as_ref().and_then(|life| life.expires_at_ms),
                access: match life.map(|life| life.for_anybody()) {
                    None | Some(Decision::Allow) => "allow",
                    Some(Decision::Forbid) => "forbid",
                    Some(Decision::Hide) => "hide",
                },
                path: kept.path.to_string(),
            })
        });
        views
            .filter(|file| file.expires_at_ms.is_none_or(|end| end > now))
            .collect()
    }
}

/// All readable files in the folders of `files`.
fn files_in(files: &Path) -> Vec<Kept> {
    let folders = std::fs::read_dir(files).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| {
        let files = std::fs::read_dir(folder.path());
        files
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(move |file| {
                let (folder, name) = (folder.file_name(), file.file_name());
                let note = format!("{}-{}", folder.to_string_lossy(), name.to_string_lossy());
                let about = file.metadata().ok()?;
                Some(Kept {
                    path: FilePath::of_note(&note)?,
                    bytes: about.len(),
                    stored_ms: about.modified().map_or(0, unix_ms),
                })
            })
    });
    files.collect()
}

fn unix_ms(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::lifecycle::Wish;
    use super::*;
    use crate::data::DataFolder;

    fn storage() -> (Storage, DataFolder) {
        let data = DataFolder::open(None).expect("a temporary folder");
        let storage = Storage::open(&data, 1 << 30).expect("a fresh folder");
        (storage, data)
    }

    fn keep(storage: &Storage, name: &str) -> String {
        let kept = storage.keep(b"\x89PNG\r\n\x1a\n....", name, &Wish::default());
        kept.expect("kept")
    }

    #[test]
    fn files_are_shown_the_newest_first_and_by_their_bytes() {
        let (storage, _data) = storage();
        let before = storage.revision();
        let paths = [keep(&storage, "a.bin"), keep(&storage, "b.bin")];
        assert!(storage.revision() > before);
        let shown = storage.recent_files();
        let order: Vec<_> = shown.iter().map(|file| file.path.clone()).collect();
        assert_eq!(order, [paths[1].clone(), paths[0].clone()]);
        assert_eq!(
            (shown[0].content_type.as_str(), shown[0].bytes),
            ("image/png", 12)
        );
        assert_eq!((shown[0].access, shown[0].expires_at_ms), ("allow", None));
    }

    #[test]
    fn files_of_an_earlier_run_are_found_and_the_list_is_bounded() {
        let (storage, data) = storage();
        for _ in 0..=MOST {
            keep(&storage, "a.png");
        }
        assert_eq!(storage.recent_files().len(), MOST);
        let again = Storage::open(&data, 1 << 30).expect("the same folder");
        assert_eq!(again.recent_files().len(), MOST);
    }
}
