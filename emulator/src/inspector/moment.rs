//! Converts the emulator's instants to the page's milliseconds since 1970.

use std::time::Instant;

use crate::clock;

/// An instant and its Unix time. As they are fixed, an instant is always converted to the same time of day.
#[derive(Debug)]
pub(super) struct Clock {
    instant: Instant,
    unix_ms: u64,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            instant: Instant::now(),
            unix_ms: clock::unix_ms(),
        }
    }

    /// The Unix time of an instant, in ms.
    pub(super) fn unix_ms(&self, at: Instant) -> u64 {
        let ms = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match at.checked_duration_since(self.instant) {
            Some(since) => self.unix_ms.saturating_add(ms(since)),
            None => self.unix_ms.saturating_sub(ms(self.instant - at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_instant_is_the_same_time_whenever_it_is_asked_for() {
        let clock = Clock::start();
        let now = clock.unix_ms(clock.instant);
        let later = clock.instant + Duration::from_secs(2);
        assert_eq!(clock.unix_ms(later), now + 2000);
        let before = Clock {
            instant: later,
            unix_ms: now,
        };
        assert_eq!(before.unix_ms(clock.instant), now - 2000);
    }
}
