//! Reading the caller's `retry` options.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::Options;
use crate::retry::{Repeat, RetryPolicy};

/// The policy of a kind of call, with what the caller gave in its place.
pub(crate) fn overridden(mut policy: RetryPolicy, retry: &Options) -> RetryPolicy {
    if let Some(retries) = retry.number("maxRetries") {
        // Saturates; NaN counts as none.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let retries = retries as u32;
        policy.max_retries = retries;
    }
    let number = |name: &str, default: f64| retry.number(name).unwrap_or(default);
    policy.base_delay_ms = number("baseDelay", policy.base_delay_ms);
    policy.max_delay_ms = number("maxDelay", policy.max_delay_ms);
    policy.backoff_multiplier = number("backoffMultiplier", policy.backoff_multiplier);
    if let Some(jitter) = retry.value("enableJitter").as_bool() {
        policy.jitter = jitter;
    }
    if let Ok(statuses) = retry.value("retryableStatusCodes").dyn_into::<Array>() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let status = |value: JsValue| value.as_f64().map(|status| status as u16);
        policy.retryable_statuses = statuses.iter().filter_map(status).collect();
    }
    if retry.is_true("resubmit") {
        policy.repeat = Repeat::Freely;
    }
    policy
}
