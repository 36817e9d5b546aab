//! The alphabet: the events that are possible in each state of a host.

use super::{Pending, history::History};
use crate::{
    answer::{Answer, Body, NamedRequest},
    engine::{ErrorBody, Event, HttpError, NamedUrls, Standing, Stop},
    protocol::{Operation, QueueStatus},
};

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Happening {
    Started,
    Good,
    Status(Said),
    SubmitReply,
    SubmitReplyWithoutId,
    HandledWithoutId,
    CancelReply {
        is_acknowledged: bool,
    },
    Bad(Bad),
    Refused(Refusal, OwnUrl),
    Lost {
        is_offline: bool,
        is_unsent: bool,
    },
    Threw,
    Done,
    /// The wait is over, and a minute has passed.
    DoneLate,
    CallbackThrew,
    StreamEnded(Option<Said>),
    Stopped(Stop),
}

/// The content of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Said {
    InQueue,
    InProgress,
    Completed,
    CompletedWithError,
}

/// An answer of 2xx that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bad {
    Page,
    Empty,
    Broken,
    StatusForResult,
    UnknownStatus,
    OfStranger,
    OfKnownRequest,
}

/// An HTTP error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Refusal {
    BadRequest,
    StillInProgress,
    Unauthorized,
    NotFound,
    UnknownRequest,
    InputFindings,
    TooManyRequests,
    TooManyRequestsForAnHour,
    ServerError,
    ServerErrorPage,
    OwnFailure,
    Unavailable,
    UserTimeout,
}

/// Whether the request had a URL of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum OwnUrl {
    Yes,
    No,
}

const REFUSALS: [Refusal; 13] = [
    Refusal::BadRequest,
    Refusal::StillInProgress,
    Refusal::Unauthorized,
    Refusal::NotFound,
    Refusal::UnknownRequest,
    Refusal::InputFindings,
    Refusal::TooManyRequests,
    Refusal::TooManyRequestsForAnHour,
    Refusal::ServerError,
    Refusal::ServerErrorPage,
    Refusal::OwnFailure,
    Refusal::Unavailable,
    Refusal::UserTimeout,
];

const ALL_SAID: [Said; 4] = [
    Said::InQueue,
    Said::InProgress,
    Said::Completed,
    Said::CompletedWithError,
];

/// The events that are possible while the host is busy with this.
pub(super) fn happenings(pending: Pending, history: &History) -> Vec<Happening> {
    let mut all = match pending {
        Pending::Nothing if history.is_begun() => Vec::new(),
        Pending::Nothing => vec![Happening::Started],
        Pending::Wait if history.can_wait_a_minute() => vec![Happening::Done, Happening::DoneLate],
        Pending::Wait => vec![Happening::Done],
        Pending::Report => vec![Happening::Done, Happening::CallbackThrew],
        Pending::Stream => {
            let ends = ALL_SAID.map(|said| Happening::StreamEnded(Some(said)));
            let mut all = vec![Happening::StreamEnded(None), Happening::CallbackThrew];
            all.extend(ends);
            all.extend(losses());
            all
        }
        Pending::Request {
            operation,
            can_be_own_url,
        } => answers(operation, can_be_own_url),
    };
    if history.is_begun() && pending != Pending::Nothing {
        all.extend([Stop::Aborted, Stop::Detached].map(Happening::Stopped));
        if history.has_timeout() {
            all.push(Happening::Stopped(Stop::TimedOut));
        }
    }
    all
}

fn answers(operation: Operation, can_be_own_url: bool) -> Vec<Happening> {
    let mut all = match operation {
        Operation::Submit => vec![
            Happening::SubmitReply,
            Happening::SubmitReplyWithoutId,
            Happening::HandledWithoutId,
        ],
        Operation::Status | Operation::Poll | Operation::PollAtInterval => {
            let mut all = ALL_SAID.map(Happening::Status).to_vec();
            let bad = [Bad::UnknownStatus, Bad::OfStranger, Bad::OfKnownRequest];
            all.extend(bad.map(Happening::Bad));
            all
        }
        Operation::Result | Operation::FollowedResult => {
            let bad = [Bad::StatusForResult, Bad::OfStranger, Bad::OfKnownRequest];
            let mut all = bad.map(Happening::Bad).to_vec();
            all.push(Happening::Good);
            all
        }
        Operation::Cancel => [true, false]
            .map(|is_acknowledged| Happening::CancelReply { is_acknowledged })
            .to_vec(),
        _ => vec![Happening::Good],
    };
    all.extend([Bad::Page, Bad::Empty, Bad::Broken].map(Happening::Bad));
    let own_url = if can_be_own_url {
        OwnUrl::Yes
    } else {
        OwnUrl::No
    };
    all.extend(REFUSALS.map(|refusal| Happening::Refused(refusal, own_url)));
    all.extend(losses());
    all.push(Happening::Threw);
    all
}

fn losses() -> [Happening; 4] {
    [(true, true), (true, false), (false, true), (false, false)].map(|(is_offline, is_unsent)| {
        Happening::Lost {
            is_offline,
            is_unsent,
        }
    })
}

impl Happening {
    pub(super) fn event(self) -> Event<'static> {
        match self {
            Self::Started => Event::Started,
            Self::Good => Event::Answered(GOOD, Standing::default()),
            Self::Status(said) => Event::Answered(said.answer(), said.standing()),
            Self::SubmitReply => Event::Submitted(GOOD, Some("r-1"), NamedUrls::default()),
            Self::SubmitReplyWithoutId => Event::Submitted(GOOD, None, NamedUrls::default()),
            Self::HandledWithoutId => {
                let handled = Answer {
                    body: Body::Handled,
                    ..GOOD
                };
                Event::Submitted(handled, None, NamedUrls::default())
            }
            Self::CancelReply { is_acknowledged } => Event::CancelAnswered(
                GOOD,
                ErrorBody {
                    says_success: is_acknowledged,
                    ..ErrorBody::default()
                },
            ),
            Self::Bad(bad) => Event::Answered(bad.answer(), Standing::default()),
            Self::Refused(refusal, own_url) => Event::Refused(HttpError {
                had_own_url: own_url == OwnUrl::Yes,
                ..refusal.error()
            }),
            Self::Lost {
                is_offline,
                is_unsent,
            } => Event::Lost {
                is_offline,
                is_unsent,
            },
            Self::Threw => Event::Threw,
            Self::Done | Self::DoneLate => Event::Done,
            Self::CallbackThrew => Event::CallbackThrew,
            Self::StreamEnded(said) => Event::StreamEnded(said.map(Said::standing)),
            Self::Stopped(stop) => Event::Stopped(stop),
        }
    }
}

const GOOD: Answer = Answer {
    body: Body::Json,
    status: QueueStatus::Unknown,
    is_like_status: false,
    header: NamedRequest::Asked,
    request_id: NamedRequest::Nobody,
};

impl Said {
    fn standing(self) -> Standing {
        Standing {
            status: match self {
                Self::InQueue => QueueStatus::InQueue,
                Self::InProgress => QueueStatus::InProgress,
                Self::Completed | Self::CompletedWithError => QueueStatus::Completed,
            },
            position: if self == Self::InQueue { 3.0 } else { 0.0 },
            has_failed: self == Self::CompletedWithError,
        }
    }

    fn answer(self) -> Answer {
        Answer {
            status: self.standing().status,
            is_like_status: true,
            request_id: NamedRequest::Asked,
            ..GOOD
        }
    }
}

impl Bad {
    fn answer(self) -> Answer {
        let of = |named| Answer {
            header: named,
            request_id: named,
            ..Said::InProgress.answer()
        };
        match self {
            Self::Page => with(Body::Page),
            Self::Empty => with(Body::Empty),
            Self::Broken => with(Body::Broken),
            Self::StatusForResult => Said::Completed.answer(),
            Self::UnknownStatus => Answer {
                is_like_status: true,
                ..GOOD
            },
            Self::OfStranger => of(NamedRequest::Stranger),
            Self::OfKnownRequest => of(NamedRequest::Known),
        }
    }
}

fn with(body: Body) -> Answer {
    Answer {
        body,
        header: NamedRequest::Nobody,
        ..GOOD
    }
}

impl Refusal {
    /// Whether the answer is the request's own failure, in place of its result.
    pub(super) fn is_failure_of_request(self) -> bool {
        matches!(self, Self::InputFindings | Self::OwnFailure)
    }

    fn error(self) -> HttpError<'static> {
        let says = |status, detail| HttpError {
            status,
            body: ErrorBody {
                detail,
                ..ErrorBody::default()
            },
            ..HttpError::default()
        };
        let base = says;
        match self {
            Self::BadRequest => says(400, "Bad"),
            Self::StillInProgress => says(400, "Request is still in progress"),
            Self::Unauthorized => says(401, "No key"),
            Self::NotFound => says(404, "Not Found"),
            Self::UnknownRequest => says(404, "Request not found"),
            Self::InputFindings => HttpError {
                body: ErrorBody {
                    has_input_findings: true,
                    ..ErrorBody::default()
                },
                ..says(422, "")
            },
            Self::TooManyRequests => says(429, ""),
            Self::TooManyRequestsForAnHour => HttpError {
                retry_after_ms: Some(3_600_000.0),
                ..base(429, "")
            },
            Self::ServerError => says(500, "It broke"),
            Self::ServerErrorPage => HttpError {
                body: ErrorBody {
                    is_text: true,
                    ..ErrorBody::default()
                },
                ..base(500, "")
            },
            Self::OwnFailure => HttpError {
                names_error_type: true,
                body: ErrorBody {
                    has_error_type: true,
                    ..ErrorBody::default()
                },
                ..base(500, "")
            },
            Self::Unavailable => says(503, ""),
            Self::UserTimeout => HttpError {
                is_user_timeout: true,
                ..base(504, "")
            },
        }
    }
}
