//! Faults of deliveries to webhooks: they strike what the emulator sends.

use std::time::Duration;

use axum::http::StatusCode;

use super::Faults;
use super::action::{Action, Reset};
use super::place::Call;

/// What befalls one attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mishap {
    pub(crate) delay: Duration,
    /// The answer that the attempt seems to get.
    pub(crate) status: Option<StatusCode>,
    /// It seems to get no answer.
    pub(crate) close: bool,
    /// It is sent all the same: the receiver gets it, and gets it again.
    pub(crate) after: bool,
    /// It is sent twice.
    pub(crate) twice: bool,
}

impl Faults {
    /// What befalls a delivery to `url`, if anything does.
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
            // Only the wait: plans with other faults of deliveries are refused.
            _ => {}
        }
        Some(mishap)
    }
}
