//! The latest files in the form that the inspector shows.

use super::kind;
use super::lifecycle::Decision;
use super::store::{Storage, Stored};
use crate::clock;

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

impl Storage {
    /// A number that changes whenever a file is added or removed.
    pub(crate) fn revision(&self) -> u64 {
        self.recent.revision()
    }

    /// The latest files, the newest first. Blocks.
    pub(crate) fn recent_files(&self) -> Vec<FileView> {
        let now = clock::unix_ms();
        let kept = self.recent.list().into_iter();
        let views = kept.filter_map(|kept| {
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
