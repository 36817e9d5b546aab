//! What polls have told of a request.

use crate::protocol::QueueStatus;

/// The last status that polls gave, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct News {
    pub(super) since_ms: Option<f64>,
    pub(super) status: QueueStatus,
    pub(super) position: f64,
    /// The poll under way goes past every cache, to check the ones before it.
    pub(super) is_cross_check: bool,
}
