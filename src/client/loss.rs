//! A request that got no answer.

use super::page;

/// A failure of the network.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) message: String,
    pub(super) is_offline: bool,
    /// The request has certainly not left this machine.
    pub(super) is_unsent: bool,
}

impl Loss {
    pub(super) fn new(message: String) -> Self {
        Self {
            message,
            is_offline: page::is_offline(),
            is_unsent: false,
        }
    }

    /// Nothing came for so long.
    pub(super) fn late(ms: f64) -> Self {
        Self::new(format!("nothing came for {ms} ms"))
    }
}
