//! The purpose of a call, and the options of its caller.

use super::QueuedRequest;
use crate::{
    endpoint::EndpointId,
    protocol::Operation,
    retry::{Repeat, RetryPolicy},
};

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// Submit a request, follow it, fetch its result.
    Subscribe,
    /// Follow a request that was submitted before, fetch its result.
    Resume,
    /// Follow a request that was submitted before to its last status.
    Follow,
    /// One operation.
    Only(Operation),
}

impl Goal {
    /// Whether the caller's `timeout` limits the call.
    pub fn has_timeout(self) -> bool {
        match self {
            Self::Subscribe | Self::Resume | Self::Follow => true,
            Self::Only(operation) => operation == Operation::Submit,
        }
    }
}

/// The subject of a call, before anything was sent.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The model. `None` if the caller's id is not one.
    pub endpoint: Option<EndpointId>,
    /// The request, for a call about one that was submitted before.
    pub request: Option<QueuedRequest>,
    /// The URL of a stream or of an upload, where the caller has it.
    pub url: Option<String>,
}

/// The caller's options on which a decision depends.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Ask for the model's logs with each status.
    pub logs: bool,
    /// Poll at this interval, in milliseconds, instead of the client's own poll delay.
    pub poll_interval_ms: Option<f64>,
    /// Follow by polling only.
    pub polls_only: bool,
    /// The query of a submit, a run or a stream, with its `?`.
    pub query: String,
    /// The token of a stream that bypasses the proxy, encoded for a query.
    pub token: Option<String>,
    /// The number of the part to upload.
    pub part: Option<String>,
    /// The changes of the caller's `retry` option.
    pub retry: RetryChanges,
}

/// The changes that a caller's `retry` option makes to every retry policy.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RetryChanges {
    /// Tries after the first one.
    pub max_retries: Option<f64>,
    /// Milliseconds before the first retry.
    pub base_delay_ms: Option<f64>,
    /// The longest wait, in milliseconds.
    pub max_delay_ms: Option<f64>,
    /// Each wait is the one before times this.
    pub backoff_multiplier: Option<f64>,
    /// Spread the waits.
    pub jitter: Option<bool>,
    /// Repeat a submit that may have arrived. The caller accepts that it may be billed twice.
    pub repeats_submit: bool,
}

impl RetryChanges {
    /// The policy with the caller's changes.
    pub fn applied_to(self, policy: RetryPolicy) -> RetryPolicy {
        // Saturates; NaN counts as none.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let max_retries = self.max_retries.map(|retries| retries as u32);
        RetryPolicy {
            max_retries: max_retries.unwrap_or(policy.max_retries),
            base_delay_ms: self.base_delay_ms.unwrap_or(policy.base_delay_ms),
            max_delay_ms: self.max_delay_ms.unwrap_or(policy.max_delay_ms),
            backoff_multiplier: self.backoff_multiplier.unwrap_or(policy.backoff_multiplier),
            jitter: self.jitter.unwrap_or(policy.jitter),
            repeat: if self.repeats_submit {
                Repeat::Freely
            } else {
                policy.repeat
            },
            ..policy
        }
    }
}
