//! The retry delays of a delivery, and the time after which it is given up (protocol §11.2). The service documents that
//! the delays grow, but not how. Here they double. Pure.

use std::time::Duration;

/// The most attempts, including the first.
const MOST_ATTEMPTS: u32 = 31;

const FIRST_TIME_LIMIT: Duration = Duration::from_secs(15);
const LATER_TIME_LIMIT: Duration = Duration::from_mins(2);
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The times of all deliveries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    divisor: u32,
}

impl Schedule {
    /// A schedule with all times divided by `divisor`, so that tests need not wait. `divisor` is at least 1.
    pub(super) fn divided_by(divisor: u32) -> Self {
        Self {
            divisor: divisor.max(1),
        }
    }

    /// The time limit of an attempt. The first is number 1.
    pub(super) fn time_limit(self, attempt: u32) -> Duration {
        let limit = match attempt {
            0 | 1 => FIRST_TIME_LIMIT,
            _ => LATER_TIME_LIMIT,
        };
        limit / self.divisor
    }

    /// The delay after a failed attempt. `None` if it was the last. `lifetime` is the result's, `elapsed` the time since the
    /// first attempt.
    pub(super) fn wait(
        self,
        attempt: u32,
        lifetime: Duration,
        elapsed: Duration,
    ) -> Option<Duration> {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let wait = FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT) / self.divisor;
        let is_in_time = elapsed + wait < lifetime / self.divisor;
        (attempt < MOST_ATTEMPTS && is_in_time).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn waits_grow_up_to_a_limit_while_the_result_is_kept() {
        let schedule = Schedule::divided_by(1);
        let mut elapsed = Duration::ZERO;
        let mut waits = Vec::new();
        while let Some(wait) =
            schedule.wait(1 + u32::try_from(waits.len()).unwrap_or(0), HOUR, elapsed)
        {
            elapsed += wait;
            waits.push(wait.as_secs());
        }
        assert_eq!(
            waits.get(..8),
            Some(&[5, 10, 20, 40, 80, 160, 300, 300][..])
        );
        assert!(elapsed < HOUR && elapsed > HOUR / 2, "{elapsed:?}");
    }

    #[test]
    fn there_are_31_attempts_at_most() {
        let schedule = Schedule::divided_by(1000);
        assert!(schedule.wait(30, HOUR, Duration::ZERO).is_some());
        assert_eq!(schedule.wait(31, HOUR, Duration::ZERO), None);
    }

    #[test]
    fn every_time_is_divided() {
        let schedule = Schedule::divided_by(1000);
        assert_eq!(schedule.time_limit(1), Duration::from_millis(15));
        assert_eq!(schedule.time_limit(2), Duration::from_millis(120));
        let wait = schedule.wait(1, HOUR, Duration::ZERO);
        assert_eq!(wait, Some(Duration::from_millis(5)));
        assert_eq!(schedule.wait(1, HOUR, Duration::from_millis(3600)), None);
    }
}
