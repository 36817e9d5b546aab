//! The state of a connection, and whether it has lasted too long. It has no clock: the caller gives the time.

use std::time::{Duration, Instant};

use super::limits::ConnectionLimits;

/// A connection with a request counts as at work for this long after its last byte, and is not closed for another.
const SPARED: Duration = Duration::from_secs(5);

/// The phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is no request.
    Open,
    /// The first bytes of a request's head have arrived.
    Head { since: Instant },
    /// A request is answered.
    Request,
    /// It has become a WebSocket, which has its own time limits.
    Upgraded,
}

/// The state of a connection, and the times of its bytes.
#[derive(Debug, Clone)]
pub(super) struct Activity {
    phase: Phase,
    /// The time of the last byte in either direction.
    last_byte: Instant,
    /// When the reader stopped reading, while bytes wait for it.
    blocked: Option<Instant>,
}

/// The rank of a connection when one must be closed for another. The lowest is closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Worth {
    has_request: bool,
    last_byte: Instant,
}

impl Activity {
    /// A connection that was just accepted.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Phase::Open,
            last_byte: now,
            blocked: None,
        }
    }

    /// Bytes came in.
    pub(super) fn received(&mut self, now: Instant) {
        self.last_byte = now;
        if self.phase == Phase::Open {
            self.phase = Phase::Head { since: now };
        }
    }

    /// Bytes went out.
    pub(super) fn sent(&mut self, now: Instant) {
        self.last_byte = now;
        self.blocked = None;
    }

    /// Bytes could not go out, as the other side does not read.
    pub(super) fn blocked(&mut self, now: Instant) {
        self.blocked.get_or_insert(now);
    }

    /// The head of a request is whole.
    pub(super) fn begin_request(&mut self) {
        self.phase = Phase::Request;
    }

    /// The answer to a request is made.
    pub(super) fn end_request(&mut self, now: Instant) {
        if self.phase == Phase::Request {
            self.phase = Phase::Open;
            // The idle time starts now, not at the last byte: making the answer may have taken long.
            self.last_byte = now;
        }
    }

    /// A request was answered with another protocol.
    pub(super) fn upgrade(&mut self) {
        self.phase = Phase::Upgraded;
    }

    /// Whether it has kept the emulator waiting for too long. `RequestBody` judges the body of a request, as only its
    /// reader knows whether it waits.
    pub(super) fn is_overdue(&self, now: Instant, limits: &ConnectionLimits) -> bool {
        let is_over = |since: Instant, limit| now.saturating_duration_since(since) >= limit;
        let is_blocked = self
            .blocked
            .is_some_and(|since| is_over(since, limits.silence));
        is_blocked
            || match self.phase {
                Phase::Open => is_over(self.last_byte, limits.keep_alive),
                Phase::Head { since } => is_over(since, limits.head),
                Phase::Request | Phase::Upgraded => false,
            }
    }

    /// The rank of the connection if one must be closed. `None` if it is at work, and stays open.
    pub(super) fn worth(&self, now: Instant) -> Option<Worth> {
        let has_request = matches!(self.phase, Phase::Request | Phase::Upgraded);
        let is_at_work = has_request && now.saturating_duration_since(self.last_byte) < SPARED;
        (!is_at_work).then_some(Worth {
            has_request,
            last_byte: self.last_byte,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ConnectionLimits = ConnectionLimits {
        head: Duration::from_secs(20),
        silence: Duration::from_mins(1),
        keep_alive: Duration::from_secs(75),
        most: 1,
    };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_connection_without_a_request_is_over_after_the_keep_alive() {
        let began = Instant::now();
        let mut activity = Activity::new(began);
        assert!(!activity.is_overdue(began + seconds(74), &LIMITS));
        assert!(activity.is_overdue(began + seconds(75), &LIMITS));
        activity.begin_request();
        activity.end_request(began + seconds(70));
        assert!(!activity.is_overdue(began + seconds(140), &LIMITS));
        assert!(activity.is_overdue(began + seconds(145), &LIMITS));
    }

    #[test]
    fn a_head_that_drips_in_is_over_however_often_it_drips() {
        let began = Instant::now();
        let mut activity = Activity::new(began);
        for second in 0..20 {
            let now = began + seconds(second);
            activity.received(now);
            assert!(!activity.is_overdue(now, &LIMITS));
        }
        assert!(activity.is_overdue(began + seconds(20), &LIMITS));
    }

    #[test]
    fn a_request_may_take_for_ever_but_its_reader_must_read() {
        let began = Instant::now();
        let much_later = began + seconds(86_400);
        let mut activity = Activity::new(began);
        activity.received(began);
        activity.begin_request();
        assert!(!activity.is_overdue(much_later, &LIMITS));
        activity.blocked(much_later);
        activity.blocked(much_later + seconds(59));
        assert!(!activity.is_overdue(much_later + seconds(59), &LIMITS));
        assert!(activity.is_overdue(much_later + seconds(60), &LIMITS));
        activity.sent(much_later + seconds(60));
        assert!(!activity.is_overdue(much_later + seconds(9000), &LIMITS));
    }

    #[test]
    fn a_socket_that_left_http_keeps_its_own_time() {
        let began = Instant::now();
        let mut activity = Activity::new(began);
        activity.begin_request();
        activity.upgrade();
        activity.end_request(began);
        activity.received(began);
        assert!(!activity.is_overdue(began + seconds(86_400), &LIMITS));
    }

    #[test]
    fn connections_without_a_request_go_first_and_those_at_work_stay() {
        let began = Instant::now();
        let now = began + seconds(60);
        let open = |last_byte| {
            let mut activity = Activity::new(began);
            activity.sent(last_byte);
            activity
        };
        let asking = |last_byte| {
            let mut activity = open(last_byte);
            activity.begin_request();
            activity
        };
        let in_order = [
            open(began + seconds(1)),
            open(now),
            asking(began),
            asking(began + seconds(55)),
        ];
        let worth: Vec<_> = in_order
            .iter()
            .map(|activity| activity.worth(now))
            .collect();
        assert!(
            worth.is_sorted() && worth.iter().all(Option::is_some),
            "{worth:?}"
        );
        assert_eq!(asking(began + seconds(56)).worth(now), None);
    }
}
