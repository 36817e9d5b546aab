//! The faults that can happen to a call.

use std::time::Duration;

use super::answer::Answer;
use super::format::DelayMs;
use super::route::Route;

/// A wait, and the action after it.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) delay: DelayMs,
    pub(super) action: Action,
}

/// A fault whose wait has been drawn.
#[derive(Debug, Clone)]
pub(crate) struct Strike {
    pub(super) delay: Duration,
    pub(super) action: Action,
}

#[derive(Debug, Clone)]
pub(super) enum Action {
    /// Nothing but the wait.
    Pass,
    /// Sends this answer. With `after`, the request is processed first; otherwise it is not processed.
    Answer {
        answer: Box<Answer>,
        after: bool,
    },
    Reset(Reset),
    /// The answer ends half-way. If `chunked`, its head announces no length.
    Truncate {
        chunked: bool,
    },
    /// The answer is not valid JSON.
    Malformed,
    Stream(StreamFault),
    /// The answer comes at this number of bytes a second.
    Slow(u32),
    /// The upload URL has expired, for this call and all later ones of the same upload.
    Expired,
    /// A webhook is delivered twice.
    Duplicate,
}

/// When the connection is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reset {
    /// Before the request is processed.
    Before,
    /// After the request was processed, without sending a byte of the answer.
    AfterInSilence,
    /// After the request was processed, and the head and the first byte of the answer were sent. If a reused connection
    /// closes without a byte, browsers repeat the request by themselves, even a POST. The first byte prevents this, so
    /// that a test sees only the client's own retries.
    AfterFirstByte,
}

/// A fault of an event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamFault {
    /// The number of events to send first, and how the stream stops then.
    pub(super) stop: Option<(u32, Stop)>,
    /// Whether the stream is sent in pieces that split characters.
    pub(super) split: bool,
}

/// How an event stream stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It sends nothing more, and stays open.
    Stall,
    /// The connection is cut.
    Cut,
    /// It ends like a complete stream.
    End,
}

impl Action {
    /// The routes where the action can happen, in words, if it cannot happen on `route`. A `route` of `None` stands for
    /// all routes.
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
