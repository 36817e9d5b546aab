//! Faults of webhook deliveries, which are requests that the emulator itself sends.

use std::time::Duration;

use axum::http::StatusCode;

use super::action::{Action, Reset};
use super::faults::Faults;
use super::place::Call;

/// The fault of one attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mishap {
    pub(crate) delay: Duration,
    /// The status that the emulator pretends to have received.
    pub(crate) status: Option<StatusCode>,
    /// Whether the emulator pretends to have received no answer.
    pub(crate) close: bool,
    /// Whether the delivery is sent although it seems to fail, so that the receiver gets it again with the retry.
    pub(crate) after: bool,
    /// Whether the delivery is sent twice.
    pub(crate) twice: bool,
}

impl Faults {
    /// The fault for a delivery to `url`, if one strikes it.
    pub(crate) fn mishap(&self, url: &str) -> Option<Mishap> {
        let strike = self.strike(&Call::webhook(url))?;
        let mut mishap = Mishap {
            delay: strike.delay,
            status: None,
            close: false,
            after: false,
            twice: false,
        };
        match strike.action {
            Action::Answer { answer, after } => {
                mishap.status = Some(answer.status);
                mishap.after = after;
            }
            Action::Reset(reset) => {
                mishap.close = true;
                mishap.after = reset != Reset::Before;
            }
            Action::Duplicate => mishap.twice = true,
            // `Pass` has only the wait. Plans with other faults of deliveries are refused.
            _ => {}
        }
        Some(mishap)
    }
}
