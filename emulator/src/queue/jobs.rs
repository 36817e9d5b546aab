//! All jobs that are not forgotten, and the line.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::watch::{Receiver, Sender};

use super::entry::Entry;
use super::kept::{self, Kept};
use super::line::Line;
use crate::cancel::Cancel;
use crate::protocol;

/// All jobs that are not forgotten, and the line.
#[derive(Debug)]
pub(crate) struct Jobs {
    by_id: Mutex<HashMap<String, Arc<Entry>>>,
    kept: Mutex<Kept>,
    /// Notified when another ended job is kept.
    kept_more: Notify,
    line: Mutex<Line>,
    moves: Sender<()>,
}

impl Jobs {
    /// No jobs. The results may take `memory_limit_bytes`.
    pub(crate) fn new(slots: usize, memory_limit_bytes: u64) -> Self {
        Self {
            by_id: Mutex::default(),
            kept: Mutex::new(Kept::new(memory_limit_bytes)),
            kept_more: Notify::new(),
            line: Mutex::new(Line::new(slots)),
            moves: Sender::default(),
        }
    }

    /// Cancels all jobs.
    pub(crate) fn cancel_all(&self) {
        for entry in self.all() {
            entry.cancel();
        }
    }

    /// The summaries of all jobs, the oldest first.
    pub(crate) fn summary(&self) -> Value {
        self.all().iter().map(|entry| entry.summary()).collect()
    }

    /// All jobs, the oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Entry>> {
        let mut entries: Vec<_> = self.by_id.lock().values().cloned().collect();
        entries.sort_unstable_by_key(|entry| entry.submitted);
        entries
    }

    /// Whether any job holds a slot.
    pub(crate) fn is_working(&self) -> bool {
        self.line().is_working()
    }

    pub(super) fn find(&self, request_id: &str) -> Option<Arc<Entry>> {
        self.by_id.lock().get(request_id).cloned()
    }

    pub(super) fn add(&self, entry: &Arc<Entry>) {
        self.by_id
            .lock()
            .insert(entry.id.clone(), Arc::clone(entry));
    }

    /// Keeps a job that has ended until `until`. Older ones may be dropped for it.
    pub(super) fn keep(&self, entry: &Entry, until: Instant) {
        let gone = self.kept.lock().add(kept::Request {
            id: entry.id.clone(),
            bytes: entry.kept_bytes(),
            until,
        });
        self.kept_more.notify_one();
        if !gone.is_empty() {
            tracing::warn!(
                "{} old results are forgotten, as all take more memory than --memory-limit",
                gone.len()
            );
        }
        for id in &gone {
            self.forget(id);
        }
    }

    fn forget_expired(&self) {
        let gone = self.kept.lock().take_expired(Instant::now());
        for id in &gone {
            self.forget(id);
        }
    }

    /// The number of jobs in line of the same app as `endpoint`.
    pub(super) fn count_waiting(&self, endpoint: &str) -> usize {
        let waiting: Vec<_> = self.line().ids().map(str::to_owned).collect();
        let entries = waiting.iter().filter_map(|id| self.find(id));
        let app = protocol::base(endpoint);
        entries
            .filter(|entry| protocol::base(&entry.endpoint) == app)
            .count()
    }

    pub(super) fn forget(&self, request_id: &str) {
        self.by_id.lock().remove(request_id);
    }

    pub(super) fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock()
    }

    pub(super) fn next(&self) -> Option<Arc<Entry>> {
        loop {
            let id = self.line().next()?;
            if let Some(entry) = self.find(&id) {
                self.moved();
                return Some(entry);
            }
            // Its caller left after it was taken from the line, so it needs no slot.
            self.line().free();
        }
    }

    /// Notifies the watchers of places in line that these may have changed.
    pub(super) fn moved(&self) {
        self.moves.send_replace(());
    }

    /// A receiver that is notified whenever places in line may have changed.
    pub(super) fn moves(&self) -> Receiver<()> {
        self.moves.subscribe()
    }
}

/// Forgets each request when its time is over, until the emulator ends.
pub(crate) async fn forget_in_time(jobs: Arc<Jobs>, ending: Arc<Cancel>) {
    loop {
        let next = jobs.kept.lock().next_end();
        let is_over = async {
            match next {
                Some(end) => tokio::time::sleep_until(end.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = ending.wait() => return,
            () = jobs.kept_more.notified() => {}
            () = is_over => jobs.forget_expired(),
        }
    }
}
