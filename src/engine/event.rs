//! The events that a host reports.

use super::{ErrorBody, HttpError, NamedUrls, Standing};
use crate::answer::Answer;

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The host begins the call.
    Started,
    /// An answer of 2xx. Of a status, where the request stands.
    Answered(Answer, Standing),
    /// An answer of 2xx to a submit, with the request that it names.
    Submitted(Answer, Option<&'a str>, NamedUrls<'a>),
    /// An answer of 2xx to a cancel.
    CancelAnswered(Answer, ErrorBody<'a>),
    /// An HTTP error.
    Refused(HttpError<'a>),
    /// No answer, or half of one.
    Lost {
        /// There is no network now.
        is_offline: bool,
        /// The request has certainly not left this machine.
        is_unsent: bool,
    },
    /// The caller's own code threw: its middleware, its `fetch`, its response handler.
    Threw,
    /// The caller was told, or the wait is over.
    Done,
    /// The caller's callback threw.
    CallbackThrew,
    /// The status stream has ended, or there is none. Its last status, if it gave one.
    StreamEnded(Option<Standing>),
    /// The caller stops the call.
    Stopped(Stop),
}

/// How a caller stops a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stop {
    /// By its abort signal. The job is cancelled if the call submitted or resumed it.
    Aborted,
    /// Its time ran out. The job is cancelled.
    TimedOut,
    /// By its detach signal. The job goes on.
    Detached,
}

/// The host's clock and dice, given with each event.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Milliseconds, by a clock that nobody sets.
    pub ms: f64,
    /// Uniform in 0..1.
    pub random: f64,
    /// Nobody sees the page.
    pub is_hidden: bool,
}
