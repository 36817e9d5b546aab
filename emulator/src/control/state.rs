//! What tests read and set.

use std::sync::Arc;

use super::record::Records;
use crate::fault::Faults;
use crate::hold::Holds;
use crate::queue::Jobs;

/// The received requests, and the parts of the emulator that tests read and set.
#[derive(Debug)]
pub(crate) struct Control {
    pub(super) records: Records,
    pub(super) holds: Arc<Holds>,
    pub(super) faults: Arc<Faults>,
    pub(super) jobs: Arc<Jobs>,
}

impl Control {
    /// Without records of requests.
    pub(crate) fn new(holds: Arc<Holds>, faults: Arc<Faults>, jobs: Arc<Jobs>) -> Self {
        Self {
            records: Records::default(),
            holds,
            faults,
            jobs,
        }
    }
}
