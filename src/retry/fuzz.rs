//! Anything that a server may put into `Retry-After`.

use proptest::prelude::*;

use super::{Failure, LONGEST_RETRY_AFTER_MS, RetryPolicy, retry_after_ms};
use crate::hostile::{self, quickly};

fn values() -> impl Strategy<Value = String> {
    hostile::text(&[
        "5",
        " 120\t",
        "999999999",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "0",
    ])
}

/// What `Date.parse` may give: a whole number of milliseconds, or NaN.
fn dates() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        (-8.64e15..8.64e15).prop_map(f64::round),
        -10.0..10.0
    ]
}

#[test]
fn mixed_values_are_read_and_refused() {
    hostile::assert_mixed(&values(), |value| {
        retry_after_ms(&value, 0.0, |_| f64::NAN).is_some()
    });
}

proptest! {
    #[test]
    fn a_retry_after_is_a_finite_wait_or_none(value in values(), date in dates(), now in 0.0..8.64e15) {
        let read = quickly(|| retry_after_ms(&value, now, |_| date));
        let trimmed = value.trim_matches([' ', '\t', '\n', '\r', '\x0c']);
        let is_seconds = (1..=9).contains(&trimmed.len()) && trimmed.chars().all(|c| c.is_ascii_digit());
        let expected = match trimmed.parse::<u32>() {
            Ok(seconds) if is_seconds => Some(f64::from(seconds) * 1000.0),
            _ if date.is_nan() || date < 0.0 => None,
            _ => Some(if date > now { date - now } else { 0.0 }),
        };
        prop_assert_eq!(read, expected);
        prop_assert!(read.is_none_or(|ms| ms.is_finite() && ms >= 0.0));
    }

    #[test]
    fn no_answer_makes_a_wait_that_is_none_or_undercuts_it(
        status in prop_oneof![any::<u16>(), Just(429), Just(503)], asked in prop::option::of(0.0..1e13), attempt in 0_u32..9, random in 0.0..1.0,
    ) {
        let failure = Failure::Status { status, is_listed: None, retry_after_ms: asked, user_timeout: false, is_passing: false };
        for policy in [RetryPolicy::STANDARD, RetryPolicy::STATUS, RetryPolicy::SUBMIT, RetryPolicy::RUN] {
            let Some(wait) = policy.delay_after(attempt, failure, random) else { continue };
            let longest = if policy.waits_out_retry_after { LONGEST_RETRY_AFTER_MS } else { policy.max_delay_ms * 1.25 };
            prop_assert!(wait >= asked.unwrap_or(0.0).min(longest) && wait <= longest, "{}", wait);
        }
    }

    #[test]
    fn waits_stay_within_a_quarter_of_the_cap_and_are_never_negative(
        attempt in 0_u32..40, random in 0.0_f64..1.0, base in 0.0_f64..1e5, cap in 0.0_f64..1e5,
    ) {
        let policy = RetryPolicy { base_delay_ms: base, max_delay_ms: cap, max_retries: 50, ..RetryPolicy::STANDARD };
        let lost = Failure::Network { is_offline: false, is_unsent: false };
        let wait = policy.delay_after(attempt, lost, random).expect("a retry");
        prop_assert!(wait >= 0.0 && wait <= cap * 1.25, "{}", wait);
    }
}
