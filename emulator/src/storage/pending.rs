//! The uploads that were begun: the lifecycles that their senders asked for, and the parts that have arrived.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::incoming::Incoming;
use super::lifecycle::Wish;
use super::path::FilePath;
use super::signature;
use crate::random;

/// The most open uploads. When there are more, the oldest is forgotten.
const MOST: usize = 10_000;

/// An upload that was begun.
#[derive(Debug)]
pub(super) struct Upload {
    began: Instant,
    pub(super) wish: Wish,
    /// `None` if the file comes in one piece.
    pub(super) parts: Option<Parts>,
}

/// The state of an upload in parts.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) id: String,
    /// The content type that the sender gave at the beginning.
    pub(super) kind: Option<String>,
    /// Held by the call that completes the upload, so that only one does so at a time.
    pub(super) completing: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

/// The progress of an upload in parts.
#[derive(Debug)]
pub(super) enum State {
    Open(BTreeMap<u32, Part>),
    /// The parts were taken to be joined. Holds the list: numbers and tags.
    Closed(Vec<(u32, String)>),
}

/// A stored part.
#[derive(Debug)]
pub(super) struct Part {
    /// Without quotes.
    pub(super) etag: String,
    pub(super) file: Incoming,
}

impl Upload {
    pub(super) fn in_one_piece(wish: Wish) -> Self {
        Self {
            began: Instant::now(),
            wish,
            parts: None,
        }
    }

    pub(super) fn in_parts(wish: Wish, kind: Option<String>) -> Self {
        let parts = Parts {
            id: random::hex::<16>(),
            kind,
            completing: tokio::sync::Mutex::default(),
            state: Mutex::new(State::Open(BTreeMap::new())),
        };
        Self {
            parts: Some(parts),
            ..Self::in_one_piece(wish)
        }
    }
}

impl Parts {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// The open uploads, by the paths that their files will have.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<HashMap<FilePath, Arc<Upload>>>);

impl Pending {
    pub(super) fn add(&self, path: FilePath, upload: Upload) {
        let mut open = self.0.lock();
        let lifetime = Duration::from_secs(signature::LIFETIME);
        open.retain(|_, upload| upload.began.elapsed() <= lifetime);
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, upload)| upload.began);
            if let Some(path) = oldest.map(|(path, _)| path.clone()) {
                open.remove(&path);
            }
        }
        open.insert(path, Arc::new(upload));
    }

    pub(super) fn find(&self, path: &FilePath) -> Option<Arc<Upload>> {
        self.0.lock().get(path).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_open_uploads_the_oldest_are_forgotten() {
        let pending = Pending::default();
        let first = FilePath::new("first");
        pending.add(first.clone(), Upload::in_one_piece(Wish::default()));
        let last = FilePath::new("last");
        for _ in 1..MOST {
            pending.add(FilePath::new("x"), Upload::in_one_piece(Wish::default()));
        }
        assert!(pending.find(&first).is_some());
        pending.add(last.clone(), Upload::in_parts(Wish::default(), None));
        assert!(pending.find(&first).is_none());
        assert!(
            pending
                .find(&last)
                .is_some_and(|upload| upload.parts.is_some())
        );
    }
}
