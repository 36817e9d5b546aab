//! The inspector: a page that shows a developer the work of the emulator, and lets them
//! cancel, send again, and have calls go wrong.
//!
//! `recorder` notes every call in the bounded `history`; `feed` tells a page the news of
//! it, and in the jobs, files, webhooks and faults; `redact` goes over all that is shown;
//! `door` lets in nobody but this machine's own page and programs.

mod actions;
mod door;
mod exchange;
mod feed;
mod history;
mod moment;
mod news;
mod page;
mod recorder;
mod redact;
mod routes;
mod shown;
mod spending;
mod watched;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use recorder::layer;
pub(crate) use routes::routes;

use crate::options::Options;
use crate::random;
use history::History;
use moment::Clock;
use redact::Redaction;
use spending::Spending;

/// Where the inspector is.
pub(crate) const PATH: &str = "/inspector";

/// The inspector's record of one emulator.
#[derive(Debug)]
pub(crate) struct Inspector {
    /// Names this run of the emulator: numbers of another mean nothing here.
    run: String,
    clock: Clock,
    history: Arc<History>,
    spending: Mutex<Spending>,
    redaction: Redaction,
}

impl Inspector {
    /// With nothing in it.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            run: random::hex::<6>(),
            clock: Clock::start(),
            history: Arc::default(),
            spending: Mutex::default(),
            redaction: Redaction::new(options),
        }
    }

    fn spending(&self) -> MutexGuard<'_, Spending> {
        self.spending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
