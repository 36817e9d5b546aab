//! The inspector: a page that shows a developer the work of the emulator. It can cancel jobs, send webhooks again, and
//! make calls go wrong.
//!
//! `recorder` records every call in the bounded `history`. `feed` reports changes to a page: of calls, jobs, files,
//! webhooks and faults. `redact` removes secrets from everything that is shown. `door` admits only this machine's
//! programs and the inspector's own page.

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

/// The path of the inspector.
pub(crate) const PATH: &str = "/inspector";

/// The inspector's record of one emulator.
#[derive(Debug)]
pub(crate) struct Inspector {
    /// The id of this run of the emulator. The change numbers of other runs have no meaning in this one.
    run: String,
    clock: Clock,
    history: Arc<History>,
    spending: Mutex<Spending>,
    redaction: Redaction,
}

impl Inspector {
    /// An inspector without records.
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
