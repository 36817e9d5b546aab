//! Ends the work early.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::RenderError;

/// Fails once `cancel` is set.
pub(crate) fn stop_if(cancel: &AtomicBool) -> Result<(), RenderError> {
    if cancel.load(Ordering::Relaxed) {
        return Err(RenderError::Cancelled);
    }
    Ok(())
}
