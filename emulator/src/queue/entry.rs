//! A job together with what the machine around it needs: the signal that stops it, the
//! input until it is used, and where its answers point.

use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value};

use super::cancel::Cancel;
use super::job::{Cancelled, Job, LogLine};
use super::outcome::Outcome;
use super::{lock, route};
use crate::origin::Origin;
use crate::{clock, random};

/// One job in the queue's books.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) id: String,
    /// The endpoint it was submitted to.
    pub(super) endpoint: String,
    /// The origin it was submitted by: where its files are.
    pub(super) origin: Origin,
    pub(super) signal: Cancel,
    input: Mutex<Map<String, Value>>,
    job: Mutex<Job>,
}

impl Entry {
    pub(super) fn new(endpoint: &str, origin: Origin, input: Map<String, Value>) -> Self {
        Self {
            id: random::uuid(),
            endpoint: endpoint.to_owned(),
            origin,
            signal: Cancel::default(),
            input: Mutex::new(input),
            job: Mutex::new(Job::new()),
        }
    }

    /// The app that follow-up URLs name.
    pub(super) fn base(&self) -> &str {
        route::base(&self.endpoint).unwrap_or(&self.endpoint)
    }

    /// Whether a follow-up that names this app is about this job.
    pub(super) fn belongs_to(&self, app: &str) -> bool {
        app == self.base() || app == self.endpoint
    }

    /// The input, once: a picture in it may be large, and is needed no longer.
    pub(super) fn take_input(&self) -> Map<String, Value> {
        std::mem::take(&mut lock(&self.input))
    }

    /// Lets `look` see the input.
    pub(super) fn with_input<T>(&self, look: impl FnOnce(&Map<String, Value>) -> T) -> T {
        look(&lock(&self.input))
    }

    pub(super) fn log(&self, message: impl Into<String>) {
        let line = LogLine {
            message: message.into(),
            timestamp: clock::timestamp(SystemTime::now()),
        };
        lock(&self.job).log(line);
    }

    pub(super) fn start(&self) -> bool {
        lock(&self.job).start(Instant::now())
    }

    pub(super) fn finish(&self, outcome: Outcome) {
        if let Some(failure) = &outcome.error {
            self.log(format!("Failed: {}", failure.text));
        }
        lock(&self.job).finish(Instant::now(), outcome);
        self.take_input();
    }

    pub(super) fn cancel(&self) -> Cancelled {
        let cancelled = lock(&self.job).cancel();
        if cancelled != Cancelled::TooLate {
            self.signal.set();
        }
        if cancelled == Cancelled::AtOnce {
            self.take_input();
        }
        cancelled
    }

    /// Lets `look` see the job as it stands at one moment.
    pub(super) fn with_job<T>(&self, look: impl FnOnce(&Job) -> T) -> T {
        look(&lock(&self.job))
    }
}
