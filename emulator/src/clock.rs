//! The current time, and timestamps in the form of fal.ai: UTC, microseconds, no zone.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// `2026-03-01T10:00:00.120000`, as in the service's log lines (protocol §5.3).
pub(crate) fn timestamp(at: SystemTime) -> String {
    let at = Timestamp::try_from(at).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
}

/// Seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Milliseconds since 1970.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// Seconds since 1970, with their fraction.
pub(crate) fn unix_time() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timestamps_are_the_calendars() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.250000"),
            (951_782_400, "2000-02-29T00:00:00.250000"),
            (1_772_359_200, "2026-03-01T10:00:00.250000"),
            (4_107_542_399, "2100-02-28T23:59:59.250000"),
            (4_107_542_400, "2100-03-01T00:00:00.250000"),
        ] {
            let at = UNIX_EPOCH + Duration::new(seconds, 250_000_000);
            assert_eq!(timestamp(at), expected);
        }
    }
}
