//! A request in the queue: its job, with the signal that stops it, its input until it is used, and its origin.

use std::time::{Instant, SystemTime};

use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::job::{Cancelled, Job, LogLine, Stage};
use super::terms::Terms;
use crate::budget::Share;
use crate::cancel::Cancel;
use crate::protocol::{self, Origin, Outcome};
use crate::{clock, memory, random};

/// A request in the queue.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) id: String,
    /// The endpoint it was submitted to.
    pub(super) endpoint: String,
    /// The emulator's origin in the URL of the submit. The URLs of its files begin with it.
    pub(super) origin: Origin,
    pub(super) signal: Cancel,
    /// Set once the job is done.
    pub(super) ended: Cancel,
    pub(super) terms: Terms,
    pub(super) submitted: Instant,
    input: Mutex<Map<String, Value>>,
    /// The memory that its input takes, until it has ended.
    share: Mutex<Option<Share>>,
    job: Mutex<Job>,
    changes: watch::Sender<()>,
}

impl Entry {
    pub(super) fn new(endpoint: &str, origin: Origin, input: Map<String, Value>) -> Self {
        Self {
            id: random::uuid(),
            endpoint: endpoint.to_owned(),
            origin,
            signal: Cancel::default(),
            ended: Cancel::default(),
            terms: Terms::default(),
            submitted: Instant::now(),
            input: Mutex::new(input),
            share: Mutex::default(),
            job: Mutex::new(Job::new()),
            changes: watch::Sender::default(),
        }
    }

    /// Sets the terms that its caller asked for beside the input.
    pub(super) fn under(mut self, terms: Terms) -> Self {
        self.terms = terms;
        self
    }

    /// Sets the memory that its input takes.
    pub(super) fn hold(self, share: Share) -> Self {
        *self.share.lock() = Some(share);
        self
    }

    /// The app that follow-up URLs name.
    pub(super) fn base(&self) -> &str {
        protocol::base(&self.endpoint).unwrap_or(&self.endpoint)
    }

    /// Whether a follow-up whose URL names this app can be about this request.
    pub(super) fn belongs_to(&self, app: &str) -> bool {
        app == self.base() || app == self.endpoint
    }

    /// Removes and returns the input. A picture in it may be large, and must not stay in memory.
    pub(super) fn take_input(&self) -> Map<String, Value> {
        std::mem::take(&mut self.input.lock())
    }

    /// Calls `look` with the input.
    pub(super) fn with_input<T>(&self, look: impl FnOnce(&Map<String, Value>) -> T) -> T {
        look(&self.input.lock())
    }

    pub(super) fn log(&self, message: impl Into<String>) {
        let line = LogLine {
            message: message.into(),
            timestamp: clock::timestamp(SystemTime::now()),
        };
        self.change(|job| job.log(line));
    }

    pub(super) fn start(&self) -> bool {
        self.change(|job| job.start(Instant::now()))
    }

    pub(super) fn finish(&self, outcome: Outcome) {
        if let Some(failure) = &outcome.error {
            self.log(format!("Failed: {}", failure.text));
        }
        self.change(|job| job.finish(Instant::now(), outcome));
        self.end();
    }

    /// Ends the job, as its time to start is over. `false` if it has started, or is done.
    pub(super) fn expire(&self) -> bool {
        let expired = self.change(Job::expire);
        if expired {
            self.signal.set();
            self.end();
        }
        expired
    }

    fn end(&self) {
        self.take_input();
        self.share.lock().take();
        self.ended.set();
    }

    pub(super) fn cancel(&self) -> Cancelled {
        let cancelled = self.change(Job::cancel);
        if cancelled != Cancelled::TooLate {
            self.signal.set();
        }
        if cancelled == Cancelled::AtOnce {
            self.end();
        }
        cancelled
    }

    /// Calls `look` with the job, which does not change during the call.
    pub(super) fn with_job<T>(&self, look: impl FnOnce(&Job) -> T) -> T {
        look(&self.job.lock())
    }

    /// The ids of the request and of its endpoint, and whether it has ended.
    pub(super) fn summary(&self) -> Value {
        let is_done = self.with_job(|job| matches!(job.stage(), Stage::Done { .. }));
        json!({"request_id": self.id, "endpoint_id": self.endpoint, "is_done": is_done})
    }

    /// An estimate of the memory that it takes once it has ended.
    pub(super) fn kept_bytes(&self) -> u64 {
        self.with_job(|job| {
            let log = job
                .logs()
                .iter()
                .map(|line| (line.message.len() + size_of::<LogLine>()) as u64);
            let result = match job.stage() {
                Stage::Done { outcome, .. } => memory::of(&outcome.body),
                _ => 0,
            };
            size_of::<Self>() as u64 + log.sum::<u64>() + result
        })
    }

    /// A receiver that is notified of every change of the job.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Resolves once `is_reached` is true of the job's stage.
    pub(super) async fn reaches(&self, is_reached: impl Fn(&Stage) -> bool) {
        let mut changes = self.changes();
        while !self.with_job(|job| is_reached(job.stage())) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Job) -> T) -> T {
        let changed = change(&mut self.job.lock());
        self.changes.send_replace(());
        changed
    }
}
