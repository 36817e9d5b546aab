//! The parts of the emulator that the inspector shows and changes.

use std::net::SocketAddr;
use std::sync::Arc;

use super::record::Record;
use crate::cancel::Cancel;
use crate::fault::Faults;
use crate::queue::Jobs;
use crate::storage::Storage;
use crate::webhook::Webhooks;

/// The parts of the emulator that the inspector shows and changes.
#[derive(Debug)]
pub(crate) struct Emulator {
    pub(crate) record: Arc<Record>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) faults: Arc<Faults>,
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// Whether calls are forwarded to fal.ai.
    pub(crate) forwards: bool,
    /// Set when the emulator ends.
    pub(crate) ending: Arc<Cancel>,
}

impl Emulator {
    /// The side that answers requests to the proxy: this `emulator`, or fal.ai in `forward` mode.
    pub(crate) fn mode(&self) -> &'static str {
        if self.forwards { "forward" } else { "emulator" }
    }
}
