//! Whether and when to try a call again. Numbers are the official client's
//! (protocol §10.4); what differs is that browser network errors count, `Retry-After`
//! is obeyed, and a submit that may have arrived is never repeated.

use crate::text::find;

/// How one kind of call is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Tries after the first one.
    pub max_retries: u32,
    /// Wait before the first retry, in milliseconds.
    pub base_delay_ms: f64,
    /// The longest wait, in milliseconds. A `Retry-After` beyond it ends the retries, unless it is
    /// waited out.
    pub max_delay_ms: f64,
    /// Each wait is the one before times this.
    pub backoff_multiplier: f64,
    /// Statuses worth another try, where the caller has no list of their own. Without any,
    /// no status is, even if the caller lists it.
    pub retryable_statuses: &'static [u16],
    /// Spread each wait by ±25 %.
    pub jitter: bool,
    /// Whether a request may be sent twice.
    pub repeat: Repeat,
    /// A job is paid for: as long as `Retry-After` says is waited, up to an hour.
    pub waits_out_retry_after: bool,
    /// How long one try may bring nothing, in milliseconds; `None` for as long as it takes.
    pub deadline_ms: Option<f64>,
}

/// The longest `Retry-After` that is waited out for a job that is paid for. Services keep results for
/// an hour (protocol §5.7).
const LONGEST_RETRY_AFTER_MS: f64 = 3_600_000.0;
/// Reads and cancels are answered at once. A proxy that starts up may take this long.
const DEADLINE_MS: f64 = 30_000.0;
/// The deadline doubles with each try up to so many times, for answers that need longer.
const LONGEST_DEADLINE: u32 = 2;

/// Whether sending the same call again is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Reading, cancelling, storing the same bytes: repeating changes nothing.
    Freely,
    /// A submit: a repeat may be billed as a second job, so only when the first was refused.
    OnlyIfRefused,
}

/// What went wrong with one try.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// An HTTP error answer.
    Status {
        /// The HTTP status.
        status: u16,
        /// Whether the caller's own list of statuses has it; `None` without such a list.
        is_listed: Option<bool>,
        /// The wait that the server asked for, in milliseconds.
        retry_after_ms: Option<f64>,
        /// The caller's own start timeout ran out (`X-Fal-Request-Timeout-Type: user`).
        user_timeout: bool,
        /// In spite of its status, it is not the service's last word.
        is_passing: bool,
    },
    /// No answer: the connection failed, before or after the request arrived.
    Network {
        /// There is no network now: nothing will get through until it is back.
        is_offline: bool,
        /// There was none before, so that the request has not left the machine.
        is_unsent: bool,
    },
    /// An answer of 2xx that is none: see [`crate::answer`].
    NoAnswer,
}

impl RetryPolicy {
    /// 3 retries from 1 s to 30 s: storage, cancel.
    pub const STANDARD: Self = Self {
        max_retries: 3,
        base_delay_ms: 1_000.0,
        max_delay_ms: 30_000.0,
        backoff_multiplier: 2.0,
        retryable_statuses: &[429, 502, 503, 504],
        jitter: true,
        repeat: Repeat::Freely,
        waits_out_retry_after: false,
        deadline_ms: None,
    };

    /// Cancelling a job that is paid for.
    pub const CANCEL: Self = Self {
        waits_out_retry_after: true,
        deadline_ms: Some(DEADLINE_MS),
        ..Self::STANDARD
    };

    /// Fetching a result: 5 retries.
    pub const RESULT: Self = Self {
        max_retries: 5,
        ..Self::CANCEL
    };

    /// Fetching the result of a request that was followed to its end: for about five minutes.
    pub const FOLLOWED_RESULT: Self = Self {
        max_retries: 12,
        ..Self::RESULT
    };

    /// Fetching the result of a failed job: the failure will stay.
    pub const FAILED_RESULT: Self = Self {
        max_retries: 3,
        ..Self::RESULT
    };

    /// Submitting: never sent twice when the first may have arrived.
    pub const SUBMIT: Self = Self {
        max_delay_ms: 60_000.0,
        repeat: Repeat::OnlyIfRefused,
        ..Self::STANDARD
    };

    /// Running a model on one connection: quicker, and never twice when the first may have
    /// arrived.
    pub const RUN: Self = Self {
        base_delay_ms: 500.0,
        max_delay_ms: 15_000.0,
        repeat: Repeat::OnlyIfRefused,
        ..Self::STANDARD
    };

    /// Starting a stream: an HTTP error is an answer, and not asked for again.
    pub const STREAM: Self = Self {
        retryable_statuses: &[],
        repeat: Repeat::OnlyIfRefused,
        ..Self::STANDARD
    };

    /// Starting a stream that only reads.
    pub const STREAM_READ: Self = Self {
        repeat: Repeat::Freely,
        ..Self::STREAM
    };

    /// Following a request that is paid for: for about five minutes.
    pub const FOLLOW: Self = Self {
        max_retries: 12,
        ..Self::STATUS
    };

    /// Asking for a status: 5 retries, and 500 counts too.
    pub const STATUS: Self = Self {
        retryable_statuses: &[429, 502, 503, 504, 500],
        ..Self::RESULT
    };

    /// How long to wait, in milliseconds, before try number `attempt + 2`; `None` to give up,
    /// infinite to wait until the network is back, which is no try.
    /// `attempt` counts from 0, `random` is uniform in 0..1.
    pub fn delay_after(&self, attempt: u32, failure: Failure, random: f64) -> Option<f64> {
        if attempt >= self.max_retries || !self.is_worth_another_try(failure) {
            return None;
        }
        let backoff = self.backoff(attempt, random);
        match failure {
            Failure::Status {
                retry_after_ms: Some(asked),
                ..
            } if self.waits_out_retry_after => Some(asked.min(LONGEST_RETRY_AFTER_MS).max(backoff)),
            Failure::Status {
                retry_after_ms: Some(asked),
                ..
            } => (asked <= self.max_delay_ms).then(|| asked.max(backoff)),
            Failure::Network {
                is_offline: true, ..
            } => Some(f64::INFINITY),
            _ => Some(backoff),
        }
    }

    fn is_worth_another_try(&self, failure: Failure) -> bool {
        match (failure, self.repeat) {
            (Failure::Network { .. } | Failure::NoAnswer, Repeat::Freely) => true,
            (Failure::NoAnswer, Repeat::OnlyIfRefused) => false,
            (Failure::Network { is_unsent, .. }, Repeat::OnlyIfRefused) => is_unsent,
            (
                Failure::Status {
                    status,
                    is_listed,
                    user_timeout,
                    is_passing,
                    ..
                },
                repeat,
            ) => {
                let is_listed =
                    || is_listed.unwrap_or_else(|| self.retryable_statuses.contains(&status));
                !user_timeout
                    && !self.retryable_statuses.is_empty()
                    && (is_passing || is_listed())
                    && (repeat == Repeat::Freely || status == 429)
            }
        }
    }

    /// How long try number `attempt + 1` may bring nothing, in milliseconds.
    pub fn deadline_ms(&self, attempt: u32) -> Option<f64> {
        let mut deadline = self.deadline_ms?;
        for _ in 0..attempt.min(LONGEST_DEADLINE) {
            deadline *= 2.0;
        }
        Some(deadline)
    }

    fn backoff(&self, attempt: u32, random: f64) -> f64 {
        let mut delay = self.base_delay_ms;
        for _ in 0..attempt {
            delay = (delay * self.backoff_multiplier).min(self.max_delay_ms);
        }
        delay = delay.min(self.max_delay_ms);
        if self.jitter {
            delay *= 1.0 + 0.25 * (random * 2.0 - 1.0);
        }
        delay.max(0.0)
    }
}

/// Reads a `Retry-After` value, in seconds or as a date, as milliseconds from now.
/// `parse_date` gives milliseconds since the epoch for an HTTP date, NaN if it is none.
pub fn retry_after_ms(value: &str, now_ms: f64, parse_date: impl Fn(&str) -> f64) -> Option<f64> {
    let value = value.trim_ascii();
    if (1..=9).contains(&value.len()) && find(value, |byte| !byte.is_ascii_digit()).is_none() {
        let mut seconds = 0.0;
        for digit in value.as_bytes() {
            seconds = seconds * 10.0 + f64::from(digit - b'0');
        }
        return Some(seconds * 1_000.0);
    }
    let at = parse_date(value);
    // NaN, from a text that is neither, fails this comparison.
    (at >= 0.0).then(|| (at - now_ms).max(0.0))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const LOST: Failure = Failure::Network {
        is_offline: false,
        is_unsent: false,
    };

    fn status(status: u16) -> Failure {
        Failure::Status {
            status,
            is_listed: None,
            retry_after_ms: None,
            user_timeout: false,
            is_passing: false,
        }
    }

    #[test]
    fn without_a_network_a_call_waits_for_it_unless_it_may_have_been_sent_and_is_not_repeatable() {
        let offline = |is_unsent| Failure::Network {
            is_offline: true,
            is_unsent,
        };
        let infinite = Some(f64::INFINITY);
        assert_eq!(
            RetryPolicy::STATUS.delay_after(0, offline(false), 0.5),
            infinite
        );
        assert_eq!(
            RetryPolicy::SUBMIT.delay_after(0, offline(true), 0.5),
            infinite
        );
        assert_eq!(
            RetryPolicy::SUBMIT.delay_after(0, offline(false), 0.5),
            None
        );
        let never = RetryPolicy {
            max_retries: 0,
            ..RetryPolicy::STATUS
        };
        assert_eq!(never.delay_after(0, offline(true), 0.5), None);
    }

    #[test]
    fn the_official_table_decides_which_statuses_are_tried_again() {
        for (code, status_call, other_calls) in [
            (429, true, true),
            (500, true, false),
            (502, true, true),
            (503, true, true),
            (504, true, true),
            (400, false, false),
            (401, false, false),
            (403, false, false),
            (404, false, false),
            (422, false, false),
        ] {
            let tried = |policy: RetryPolicy| policy.delay_after(0, status(code), 0.5).is_some();
            assert_eq!(tried(RetryPolicy::STATUS), status_call, "{code}");
            assert_eq!(tried(RetryPolicy::RESULT), other_calls, "{code}");
            assert_eq!(tried(RetryPolicy::STANDARD), other_calls, "{code}");
        }
    }

    #[test]
    fn the_callers_own_list_of_statuses_takes_the_place_of_the_table() {
        let listed = |code, is_listed| Failure::Status {
            status: code,
            is_listed: Some(is_listed),
            retry_after_ms: None,
            user_timeout: false,
            is_passing: false,
        };
        let tried = |failure| RetryPolicy::RESULT.delay_after(0, failure, 0.5).is_some();
        assert!(tried(listed(418, true)));
        assert!(!tried(listed(503, false)));
        let stream = RetryPolicy::STREAM_READ.delay_after(0, listed(503, true), 0.5);
        assert_eq!(stream, None, "a stream's HTTP error is its answer");
    }

    #[test]
    fn a_submit_is_repeated_only_when_it_was_refused() {
        let submit = RetryPolicy::SUBMIT;
        assert!(submit.delay_after(0, status(429), 0.5).is_some());
        for failure in [status(500), status(502), status(503), status(504), LOST] {
            assert_eq!(submit.delay_after(0, failure, 0.5), None, "{failure:?}");
        }
        let opted_in = RetryPolicy {
            repeat: Repeat::Freely,
            ..submit
        };
        assert!(opted_in.delay_after(0, LOST, 0.5).is_some());
    }

    #[test]
    fn waits_double_from_the_base_to_the_cap() {
        let policy = RetryPolicy {
            jitter: false,
            max_retries: 9,
            ..RetryPolicy::STATUS
        };
        let waits: Vec<_> = (0..9)
            .map_while(|attempt| policy.delay_after(attempt, LOST, 0.9))
            .collect();
        assert_eq!(waits, [1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3, 30e3, 30e3]);
    }

    #[test]
    fn retries_end() {
        assert_eq!(RetryPolicy::STATUS.delay_after(5, LOST, 0.5), None);
        assert_eq!(RetryPolicy::RESULT.delay_after(5, LOST, 0.5), None);
        assert_eq!(RetryPolicy::STANDARD.delay_after(3, LOST, 0.5), None);
    }

    #[test]
    fn the_callers_own_start_timeout_is_never_tried_again() {
        let failure = Failure::Status {
            status: 504,
            is_listed: None,
            retry_after_ms: None,
            user_timeout: true,
            is_passing: false,
        };
        assert_eq!(RetryPolicy::STATUS.delay_after(0, failure, 0.5), None);
    }

    /// A 429 that asks for so many milliseconds.
    fn asked(ms: f64) -> Failure {
        Failure::Status {
            status: 429,
            is_listed: None,
            retry_after_ms: Some(ms),
            user_timeout: false,
            is_passing: false,
        }
    }

    #[test]
    fn retry_after_is_never_undercut_and_a_long_one_ends_the_retries() {
        let policy = RetryPolicy::SUBMIT;
        assert_eq!(policy.delay_after(0, asked(5_000.0), 0.0), Some(5_000.0));
        assert_eq!(policy.delay_after(0, asked(0.0), 0.5), Some(1_000.0));
        assert_eq!(policy.delay_after(0, asked(61_000.0), 0.5), None);
    }

    #[test]
    fn reads_of_a_paid_job_wait_a_retry_after_out_up_to_an_hour() {
        for policy in [
            RetryPolicy::STATUS,
            RetryPolicy::FOLLOW,
            RetryPolicy::RESULT,
            RetryPolicy::CANCEL,
        ] {
            assert_eq!(policy.delay_after(0, asked(31_000.0), 0.5), Some(31_000.0));
            assert_eq!(policy.delay_after(0, asked(1e9), 0.5), Some(3_600_000.0));
        }
    }

    #[test]
    fn what_is_no_answer_is_asked_for_again_where_that_is_free() {
        let retried = |policy: RetryPolicy| policy.delay_after(0, Failure::NoAnswer, 0.5).is_some();
        assert!(retried(RetryPolicy::FOLLOW) && retried(RetryPolicy::CANCEL));
        assert!(!retried(RetryPolicy::SUBMIT) && !retried(RetryPolicy::RUN));
    }

    #[test]
    fn a_status_that_is_not_the_last_word_is_asked_for_again_whatever_it_is() {
        let passing = Failure::Status {
            status: 404,
            is_listed: Some(false),
            retry_after_ms: None,
            user_timeout: false,
            is_passing: true,
        };
        assert!(RetryPolicy::FOLLOW.delay_after(11, passing, 0.5).is_some());
        assert_eq!(RetryPolicy::FOLLOW.delay_after(12, passing, 0.5), None);
        assert_eq!(RetryPolicy::SUBMIT.delay_after(0, passing, 0.5), None);
    }

    #[test]
    fn only_reads_and_cancels_have_a_deadline_which_grows() {
        let deadlines = [0, 1, 2, 9].map(|attempt| RetryPolicy::FOLLOW.deadline_ms(attempt));
        assert_eq!(deadlines, [Some(3e4), Some(6e4), Some(12e4), Some(12e4)]);
        for policy in [RetryPolicy::SUBMIT, RetryPolicy::RUN, RetryPolicy::STREAM] {
            assert_eq!(policy.deadline_ms(0), None);
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let parse = |text: &str| match text {
            "Wed, 21 Oct 2026 07:28:00 GMT" => 100_000.0,
            _ => f64::NAN,
        };
        let read = |value| retry_after_ms(value, 40_000.0, parse);
        assert_eq!(read("5"), Some(5_000.0));
        assert_eq!(read(" 0 "), Some(0.0));
        assert_eq!(read("Wed, 21 Oct 2026 07:28:00 GMT"), Some(60_000.0));
        for bad in ["", "-1", "soon", "1e3", "99999999999999999999"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
