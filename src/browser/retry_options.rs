//! Reading the caller's `retry` options.

use super::Options;
use crate::retry::{Repeat, RetryPolicy};

/// The policy of a kind of call, with what the caller gave in its place.
pub(crate) fn overridden(policy: &RetryPolicy, retry: &Options) -> RetryPolicy {
    let number = |name: &str, default: f64| retry.number(name).unwrap_or(default);
    let jitter = retry.value("enableJitter").as_bool();
    // Saturates; NaN counts as none.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let max_retries = number("maxRetries", policy.max_retries.into()) as u32;
    RetryPolicy {
        max_retries,
        base_delay_ms: number("baseDelay", policy.base_delay_ms),
        max_delay_ms: number("maxDelay", policy.max_delay_ms),
        backoff_multiplier: number("backoffMultiplier", policy.backoff_multiplier),
        jitter: jitter.unwrap_or(policy.jitter),
        repeat: if retry.text("submit").as_deref() == Some("always") {
            Repeat::Freely
        } else {
            policy.repeat
        },
        ..*policy
    }
}
