//! The inspector's record of an emulator.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::history::History;
use super::moment::Clock;
use super::redact::Redaction;
use super::spending::Spending;
use crate::options::Options;
use crate::random;

/// The inspector's record of one emulator.
#[derive(Debug)]
pub(crate) struct Record {
    /// The id of this run of the emulator. The change numbers of other runs have no meaning in this one.
    pub(super) run: String,
    pub(super) clock: Clock,
    pub(super) history: Arc<History>,
    spending: Mutex<Spending>,
    pub(super) redaction: Redaction,
}

impl Record {
    /// An empty record.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            run: random::hex::<6>(),
            clock: Clock::start(),
            history: Arc::default(),
            spending: Mutex::default(),
            redaction: Redaction::new(options),
        }
    }

    pub(super) fn lock_spending(&self) -> MutexGuard<'_, Spending> {
        self.spending.lock()
    }
}
