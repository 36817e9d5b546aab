//! What to do after a status reply of the queue (protocol §5.3).

/// The default pause between two status polls, in milliseconds.
pub const POLL_INTERVAL_MS: f64 = 500.0;

/// The next step of following a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Still queued or running: ask again after the poll interval.
    Wait,
    /// Completed, well or not: the result call tells which.
    FetchResult,
    /// No status this protocol has. Waiting for another could wait forever.
    Unknown,
}

/// Decides by the `status` field of a reply. There is no failed or cancelled status: both
/// are `COMPLETED`, and the cause is on the result.
pub fn after(status: &str) -> Step {
    match status {
        "IN_QUEUE" | "IN_PROGRESS" => Step::Wait,
        "COMPLETED" => Step::FetchResult,
        _ => Step::Unknown,
    }
}

/// A caller's poll interval, or the default where it is no usable number.
pub fn poll_interval_ms(given: Option<f64>) -> f64 {
    given
        .filter(|ms| ms.is_finite() && *ms >= 0.0)
        .unwrap_or(POLL_INTERVAL_MS)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn queued_and_running_requests_are_asked_again_and_completed_ones_fetched() {
        assert_eq!(after("IN_QUEUE"), Step::Wait);
        assert_eq!(after("IN_PROGRESS"), Step::Wait);
        assert_eq!(after("COMPLETED"), Step::FetchResult);
    }

    #[test]
    fn a_status_outside_the_protocol_is_not_waited_on() {
        for status in ["FAILED", "CANCELLED", "completed", ""] {
            assert_eq!(after(status), Step::Unknown, "{status}");
        }
    }

    #[test]
    #[allow(clippy::float_cmp)] // passed on, not computed
    fn a_poll_interval_that_is_no_time_falls_back_to_the_default() {
        assert_eq!(poll_interval_ms(Some(100.0)), 100.0);
        assert_eq!(poll_interval_ms(Some(0.0)), 0.0);
        for bad in [None, Some(-1.0), Some(f64::NAN), Some(f64::INFINITY)] {
            assert_eq!(poll_interval_ms(bad), 500.0);
        }
    }
}
