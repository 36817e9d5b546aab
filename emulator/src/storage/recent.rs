//! The latest files, which the inspector shows. Only their paths are kept, so this has no effect on their lifetimes.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use super::path::FilePath;
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
pub(super) struct Kept {
    pub(super) path: FilePath,
    pub(super) bytes: u64,
    pub(super) stored_ms: u64,
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
        let mut state = self.0.lock();
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
        let mut state = self.0.lock();
        state.revision += 1;
        state.files.retain(|kept| kept.path != *path);
    }

    /// A number that changes whenever a file is added or removed.
    pub(super) fn revision(&self) -> u64 {
        self.0.lock().revision
    }

    /// The newest first.
    pub(super) fn list(&self) -> Vec<Kept> {
        self.0.lock().files.iter().rev().cloned().collect()
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
    use crate::storage::Storage;

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
