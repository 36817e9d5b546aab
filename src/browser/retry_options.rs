//! Reading the caller's `retry` options.

use super::{Options, texts::Text};
use crate::retry::{Repeat, RetryPolicy};

/// The policy of a kind of call, with what the caller gave in its place.
pub(crate) fn overridden(policy: &RetryPolicy, retry: &Options) -> RetryPolicy {
    let number = |name: Text, default: f64| retry.number(name).unwrap_or(default);
    // Saturates; NaN counts as none.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let max_retries = number(Text::MaxRetries, policy.max_retries.into()) as u32;
    RetryPolicy {
        max_retries,
        base_delay_ms: number(Text::BaseDelay, policy.base_delay_ms),
        max_delay_ms: number(Text::MaxDelay, policy.max_delay_ms),
        backoff_multiplier: number(Text::BackoffMultiplier, policy.backoff_multiplier),
        jitter: if retry.has(Text::EnableJitter) {
            retry.is_true(Text::EnableJitter)
        } else {
            policy.jitter
        },
        repeat: if retry.is(Text::Submit, Text::Always) {
            Repeat::Freely
        } else {
            policy.repeat
        },
        ..*policy
    }
}
