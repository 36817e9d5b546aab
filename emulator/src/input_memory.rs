//! The memory of inputs. Each request holds its share from the submit to its end.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::budget::{Budget, Full, Share};
use crate::reply;

/// The memory that all inputs may take together.
#[derive(Debug, Clone)]
pub(crate) struct InputMemory(Arc<Budget>);

impl InputMemory {
    pub(crate) fn new(limit_bytes: u64) -> Self {
        Self(Budget::new(limit_bytes, 0))
    }

    /// Takes the memory for an input. The error is the answer to its sender.
    pub(crate) fn take(&self, bytes: u64) -> Result<Share, Box<Response>> {
        Share::of(&self.0, bytes).map_err(|Full| {
            let text = format!(
                "The inputs of the requests that are not done take all the memory that they \
                 may, {} bytes: send it again when some are done, or start the emulator with a \
                 larger --memory-limit",
                self.0.limit_bytes()
            );
            Box::new(reply::detail(StatusCode::TOO_MANY_REQUESTS, text))
        })
    }
}
