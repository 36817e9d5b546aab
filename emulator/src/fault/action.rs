//! What befalls a call that is struck.

use std::time::Duration;

use super::answer::Answer;
use super::format::DelayMs;
use super::route::Route;

/// A wait, and what comes then.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) delay: DelayMs,
    pub(super) action: Action,
}

/// A fault with its wait decided.
#[derive(Debug, Clone)]
pub(crate) struct Strike {
    pub(super) delay: Duration,
    pub(super) action: Action,
}

#[derive(Debug, Clone)]
pub(super) enum Action {
    /// Only the wait.
    Pass,
    /// Another answer; with `after`, once the request was processed.
    Answer {
        answer: Box<Answer>,
        after: bool,
    },
    Reset(Reset),
    /// The answer ends half-way; `chunked` if no length was announced.
    Truncate {
        chunked: bool,
    },
    /// The answer is JSON no longer.
    Malformed,
    Stream(StreamFault),
    /// The answer comes at so many bytes a second.
    Slow(u32),
    /// The upload URL has expired, for all that is left of the upload.
    Expired,
    /// A webhook is delivered twice.
    Duplicate,
}

/// How a connection is torn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reset {
    /// Nothing was processed.
    Before,
    /// It was processed, and not a byte of the answer is sent.
    AfterInSilence,
    /// It was processed, and the answer breaks off after its first byte. Browsers repeat a
    /// request by themselves, a POST too, if a reused connection closes without a byte; a
    /// test of what a client repeats must not meet that.
    AfterFirstByte,
}

/// What befalls an event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamFault {
    /// After so many events.
    pub(super) stop: Option<(u32, Stop)>,
    /// Sent in pieces that split characters.
    pub(super) split: bool,
}

/// How an event stream stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Silence.
    Stall,
    /// The connection is torn.
    Cut,
    /// It ends as if all were said.
    End,
}

impl Action {
    /// Where it can happen, if it cannot on `route`; `None` stands for all routes.
    pub(super) fn misplaced(&self, route: Option<Route>) -> Option<&'static str> {
        let is_one_of = |routes: &[Route]| route.is_some_and(|route| routes.contains(&route));
        match self {
            Self::Stream(_) if !is_one_of(&[Route::StatusStream, Route::Stream]) => {
                Some("status_stream and stream are event streams")
            }
            Self::Expired if !is_one_of(&[Route::Put, Route::Part, Route::Complete]) => {
                Some("put, part and complete have URLs that expire")
            }
            Self::Duplicate if !is_one_of(&[Route::Webhook]) => {
                Some("webhook is what is delivered twice")
            }
            Self::Truncate { .. } | Self::Malformed | Self::Slow(_)
                if is_one_of(&[Route::Webhook]) =>
            {
                Some("a webhook may be delayed, answered with a status, reset or duplicated")
            }
            Self::Truncate { .. } | Self::Malformed | Self::Slow(_)
                if is_one_of(&[Route::Realtime]) =>
            {
                Some("a handshake may be delayed, answered with an error or reset")
            }
            _ => None,
        }
    }
}
