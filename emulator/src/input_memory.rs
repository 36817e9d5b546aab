//! The memory of inputs. Each request holds its share from the submit to its end.

use std::sync::Arc;

use crate::budget::{Budget, Full, Share};
use crate::protocol::ApiError;

/// The memory that all inputs may take together.
#[derive(Debug, Clone)]
pub(crate) struct InputMemory(Arc<Budget>);

impl InputMemory {
    pub(crate) fn new(limit_bytes: u64) -> Self {
        Self(Budget::new(limit_bytes, 0))
    }

    /// Takes the memory for an input.
    pub(crate) fn take(&self, bytes: u64) -> Result<Share, ApiError> {
        Share::of(&self.0, bytes).map_err(|Full| {
            ApiError::TooManyRequests(format!(
                "The inputs of the requests that are not done take all the memory that they \
                 may, {} bytes: send it again when some are done, or start the emulator with a \
                 larger --memory-limit",
                self.0.limit_bytes()
            ))
        })
    }
}
