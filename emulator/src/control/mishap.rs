//! Faults of deliveries to webhooks: they strike what the emulator sends, under the method
//! `WEBHOOK`.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use super::Control;

/// The method by which a fault says that it is meant for deliveries.
pub(super) const METHOD: &str = "WEBHOOK";

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
}

impl Control {
    /// Uses up the fault that waits for a delivery to `url`, if there is one.
    pub(crate) fn mishap(&self, url: &str) -> Option<Mishap> {
        let method = Method::from_bytes(METHOD.as_bytes()).ok()?;
        let fault = self.fault_for(&method, url)?;
        Some(Mishap {
            delay: fault.delay(),
            status: fault.status(),
            close: fault.close,
            after: fault.after,
        })
    }
}
