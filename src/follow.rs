//! When to ask again for the status of a request (§5.3).

/// The default time between two polls, in milliseconds.
pub const POLL_INTERVAL_MS: f64 = 500.0;

/// If polls say nothing new for so long, in milliseconds, the next one goes past every cache.
pub const QUIET_MS: f64 = 60_000.0;

/// A caller's poll interval, or the default if the interval is no usable number.
pub fn poll_interval_ms(given: f64) -> f64 {
    if given.is_finite() && given >= 0.0 {
        given
    } else {
        POLL_INTERVAL_MS
    }
}

/// How long to wait, in milliseconds, before the next question about a request that has been
/// followed for `age_ms`, with `queue_position` requests ahead of it: a tenth of its age, and
/// longer in line. `random` is uniform in 0..1.
///
/// At any age, half of the requests end before their age doubles. So the
/// end is noticed late by a twentieth of the time it took, while a second's job is asked for
/// as often as an hour's.
pub fn poll_delay_ms(age_ms: f64, queue_position: f64, is_hidden: bool, random: f64) -> f64 {
    const SHORTEST_MS: f64 = 200.0;
    const LONGEST_MS: f64 = 5_000.0;
    const LONGEST_HIDDEN_MS: f64 = 30_000.0;
    let in_line = 1.0 + queue_position.clamp(0.0, 20.0) / 5.0;
    let delay = (age_ms / 10.0 * in_line).clamp(SHORTEST_MS, LONGEST_MS);
    let (delay, longest) = if is_hidden {
        (delay * 6.0, LONGEST_HIDDEN_MS)
    } else {
        (delay, LONGEST_MS)
    };
    // Spread by ±20 %, so that requests made at one time are not asked for at one time.
    (delay * (0.8 + 0.4 * random)).min(longest)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp)] // passed on, not computed
    fn a_poll_interval_that_is_no_time_falls_back_to_the_default() {
        assert_eq!(poll_interval_ms(100.0), 100.0);
        assert_eq!(poll_interval_ms(0.0), 0.0);
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(poll_interval_ms(bad), 500.0);
        }
    }

    #[test]
    #[allow(clippy::float_cmp)] // exact in both
    fn a_young_request_is_asked_after_soon_and_an_old_one_seldom() {
        let delays = [0.0, 1_000.0, 10_000.0, 100_000.0, 3_600_000.0]
            .map(|age| poll_delay_ms(age, 0.0, false, 0.5));
        assert_eq!(delays, [200.0, 200.0, 1_000.0, 5_000.0, 5_000.0]);
    }

    #[test]
    fn a_long_line_is_asked_after_less_often() {
        let behind = |ahead| poll_delay_ms(5_000.0, ahead, false, 0.5);
        assert!(behind(0.0) < behind(3.0) && behind(3.0) < behind(10.0));
        assert!((behind(1e9) - behind(20.0)).abs() < 1.0);
    }

    #[test]
    fn a_hidden_page_asks_less_often_but_every_30_seconds() {
        assert!(poll_delay_ms(20_000.0, 0.0, true, 0.5) > poll_delay_ms(20_000.0, 0.0, false, 0.5));
        assert!(poll_delay_ms(1e9, 1e9, true, 1.0) <= 30_000.0);
        assert!(poll_delay_ms(1e9, 1e9, true, 0.0) >= 20_000.0);
    }

    #[test]
    fn a_position_or_an_age_that_is_no_number_still_gives_a_time() {
        for odd in [f64::NAN, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
            for delay in [
                poll_delay_ms(1_000.0, odd, false, 0.5),
                poll_delay_ms(odd, 0.0, true, 0.5),
            ] {
                assert!((160.0..=30_000.0).contains(&delay), "{odd}: {delay}");
            }
        }
    }
}
