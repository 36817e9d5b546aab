//! The orders that a host gets.

use super::Stop;
use crate::{answer::Problem, host::is_fal_url, protocol::Operation};

/// Orders to the host, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Tell the caller about the connection.
    pub notice: Option<Notice>,
    /// Settle the call. A call settles once.
    pub settle: Option<Result<(), Rejection>>,
    /// Abort the request and the wait under way.
    pub abort: bool,
    /// Then do this.
    pub next: Next,
}

/// News about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// A try failed, and the call tries again.
    Retrying,
    /// A try succeeded after one had failed.
    Reached,
}

/// The next thing that the host does. It reports the outcome as an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Keep waiting for the outcome under way.
    KeepWaiting,
    /// Send a request, and report its answer. If the call was stopped before the request left,
    /// do not send it: report [`Event::Threw`].
    Send(Send),
    /// Report [`Event::Done`] after `ms` milliseconds. Infinite: when the network is back.
    Wait {
        /// How long.
        ms: f64,
        /// Report earlier if the network is back or the page is seen again.
        may_end_early: bool,
    },
    /// Tell the caller of the submitted request.
    ReportSubmitted,
    /// Read a status stream, if the route to fal carries streams. A stream that could not be
    /// opened for lack of an answer is [`Event::Lost`].
    FollowStream {
        /// The URL of the stream.
        url: String,
        /// Whether the request gets the key.
        access: Access,
    },
    /// Tell the caller of the status.
    ReportStatus,
    /// Nothing is left to do.
    End {
        /// The service has confirmed that it cancels the request.
        is_cancelled: bool,
    },
}

/// A request to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// Its purpose.
    pub operation: Operation,
    /// Where it goes, before the caller's middleware.
    pub url: String,
    /// Whether it gets the key.
    pub access: Access,
    /// Its body, unless the caller gives it.
    pub body: Option<String>,
    /// Give up the try when nothing arrives for so long, in milliseconds.
    pub deadline_ms: Option<f64>,
    /// Whether a cache may answer.
    pub freshness: Freshness,
}

/// Whether a request gets the caller's middleware and the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// To a host of fal's: through the middleware, with the key.
    Key,
    /// To another host: through the middleware, without the key.
    NoKey,
    /// As it stands: the URL carries its own permission.
    Presigned,
}

impl Access {
    /// Of a request to this URL that goes through the middleware.
    pub fn of(url: &str) -> Self {
        if is_fal_url(url) {
            Self::Key
        } else {
            Self::NoKey
        }
    }
}

/// How a request reads past the caches between the client and the service. All requests through a
/// proxy share one URL, so a cache may mix their answers up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// Caches of HTTP are not asked.
    Usual,
    /// An answer was none, or another request's: each try gets a URL of its own.
    OwnUrls,
    /// The server knows no URL but its own.
    SharedUrlOnly,
}

/// Why a call failed, and whether its request is lost with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rejection {
    /// Why.
    pub fault: Fault,
    /// The request has failed for good: a saved one may be forgotten.
    pub is_final: bool,
}

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The endpoint id is none. Nothing was sent.
    EndpointId,
    /// The request id is none. Nothing was sent.
    RequestId,
    /// A token goes to fal's own hosts only. Nothing was sent.
    TokenUrl,
    /// The service answered with an HTTP error.
    HttpError,
    /// No answer, or half of one.
    Network,
    /// The answer is none of this protocol.
    BadAnswer(Problem),
    /// The request completed with an error.
    JobFailed,
    /// The caller's own code threw.
    Threw,
    /// The caller stopped the call.
    Stopped(Stop),
}

/// A rejection that says nothing final about the request.
pub(super) const fn open(fault: Fault) -> Rejection {
    Rejection {
        fault,
        is_final: false,
    }
}
