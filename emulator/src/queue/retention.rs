//! The time that the service keeps a result (protocol §5.7).

use std::time::Duration;

/// The size in bytes from which unstored results are kept for a shorter time.
const LARGE_BYTES: usize = 10_000;
/// The size in bytes up to which results are stored.
const LARGEST_STORED_BYTES: usize = 1_000_000;
/// How long results are stored.
const STORED: Duration = Duration::from_hours(30 * 24);

/// The time that a result of this size is kept. `is_stored` is whether its caller wants it stored.
pub(super) fn of(bytes: usize, is_stored: bool) -> Duration {
    if is_stored && bytes <= LARGEST_STORED_BYTES {
        STORED
    } else {
        unstored(bytes)
    }
}

/// The time that an unstored result is kept, which suffices to fetch it.
pub(super) fn unstored(bytes: usize) -> Duration {
    if bytes < LARGE_BYTES {
        Duration::from_hours(1)
    } else {
        Duration::from_mins(6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_results_go_sooner() {
        assert_eq!(of(9_999, false), Duration::from_hours(1));
        assert_eq!(of(10_000, false), Duration::from_mins(6));
    }

    #[test]
    fn results_are_stored_unless_their_caller_or_their_size_forbids_it() {
        assert_eq!(of(0, true), STORED);
        assert_eq!(of(1_000_000, true), STORED);
        assert_eq!(of(1_000_001, true), Duration::from_mins(6));
    }
}
