//! One call of the API as a machine without I/O: a host reports an [`Event`], and the machine says
//! what to do [next](Step).
//!
//! It decides everything that both hosts must do alike: which request is next, whether an answer
//! counts, when to retry, when to cancel, and whether a paid request can still be fetched after a
//! failure. It has no clock and no random numbers: both come with each event, as [`Now`].
//!
//! `check.rs` explores every order of events. `conversations.rs` is the place to start reading.

mod facts;
mod request;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod check;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod conversations;

use std::mem::take;

pub use facts::{ErrorBody, HttpError, Standing};
pub use request::{NamedUrls, QueuedRequest};

use crate::{
    answer::{self, Answer, Body, Problem, Verdict},
    endpoint::EndpointId,
    follow,
    host::is_fal_url,
    protocol::{Operation, QueueStatus},
    retry::{Failure, Repeat, RetryPolicy},
    text::{find, joined},
    upload_plan::part_url,
};

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// Submit a request, follow it, fetch its result.
    Subscribe,
    /// Follow a request that was submitted before, fetch its result.
    Resume,
    /// Follow a request that was submitted before to its last status.
    Follow,
    /// One operation.
    Only(Operation),
}

impl Goal {
    /// Whether the caller's `timeout` limits the call.
    pub fn has_timeout(self) -> bool {
        match self {
            Self::Subscribe | Self::Resume | Self::Follow => true,
            Self::Only(operation) => operation == Operation::Submit,
        }
    }
}

/// The subject of a call, before anything was sent.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The model. `None` if the caller's id is not one.
    pub endpoint: Option<EndpointId>,
    /// The request, for a call about one that was submitted before.
    pub request: Option<QueuedRequest>,
    /// The URL of a stream or of an upload, where the caller has it.
    pub url: Option<String>,
}

/// The caller's options on which a decision depends.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Ask for the model's logs with each status.
    pub logs: bool,
    /// Poll at this interval, in milliseconds, instead of the client's own poll delay.
    pub poll_interval_ms: Option<f64>,
    /// Follow by polling only.
    pub polls_only: bool,
    /// The query of a submit, a run or a stream, with its `?`.
    pub query: String,
    /// The token of a stream that bypasses the proxy, encoded for a query.
    pub token: Option<String>,
    /// The number of the part to upload.
    pub part: Option<String>,
    /// The changes of the caller's `retry` option.
    pub retry: RetryChanges,
}

/// The changes that a caller's `retry` option makes to every retry policy.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RetryChanges {
    /// Tries after the first one.
    pub max_retries: Option<f64>,
    /// Milliseconds before the first retry.
    pub base_delay_ms: Option<f64>,
    /// The longest wait, in milliseconds.
    pub max_delay_ms: Option<f64>,
    /// Each wait is the one before times this.
    pub backoff_multiplier: Option<f64>,
    /// Spread the waits.
    pub jitter: Option<bool>,
    /// Repeat a submit that may have arrived. The caller accepts that it may be billed twice.
    pub repeats_submit: bool,
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
    fn of(url: &str) -> Self {
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

/// Why nobody waits for the call any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Leave {
    Stopped(Stop),
    CallbackThrew,
}

/// The thing that the host is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum State {
    Ready,
    Sending,
    WaitingToRetry,
    ReportingSubmitted,
    Streaming,
    ReportingStatus,
    WaitingToPoll,
    WaitingToStream,
    Ended,
}

/// The last status that polls gave, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct News {
    since_ms: Option<f64>,
    status: QueueStatus,
    position: f64,
    /// The poll under way goes past every cache, to check the ones before it.
    is_cross_check: bool,
}

/// One call of the API.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct Call {
    goal: Goal,
    target: Target,
    settings: Settings,
    state: State,
    operation: Operation,
    /// How often the operation was tried again.
    attempt: u32,
    freshness: Freshness,
    /// A try failed, and none succeeded since.
    is_retrying: bool,
    is_settled: bool,
    /// The call cancels its request if it is left: nobody else waits for it.
    cancels_if_left: bool,
    left: Option<Leave>,
    /// The service has said that it has the request.
    is_acknowledged: bool,
    /// The last status.
    standing: Standing,
    news: News,
    /// When the call began to follow its request.
    began_ms: Option<f64>,
    notice: Option<Notice>,
    is_cancelled: bool,
}

impl Call {
    /// A call that has not begun.
    pub fn new(goal: Goal, target: Target, settings: Settings) -> Self {
        Self {
            goal,
            target,
            settings,
            state: State::Ready,
            operation: Operation::Submit,
            attempt: 0,
            freshness: Freshness::Usual,
            is_retrying: false,
            is_settled: false,
            // Whoever resumes a request is the only one to wait for it.
            cancels_if_left: goal == Goal::Resume,
            left: None,
            is_acknowledged: false,
            standing: Standing::default(),
            news: News::default(),
            began_ms: None,
            notice: None,
            is_cancelled: false,
        }
    }

    /// Takes the changes of the caller's `retry` option, before the call starts.
    pub fn change_retry(&mut self, changes: RetryChanges) {
        self.settings.retry = changes;
    }

    /// The request that the call is about, as soon as it is known.
    pub fn request(&self) -> Option<&QueuedRequest> {
        self.target.request.as_ref()
    }

    /// A submit is on its way, and may arrive whatever happens here.
    fn is_submitting(&self) -> bool {
        self.operation == Operation::Submit && self.state == State::Sending
    }

    /// Goes on with what happened.
    pub fn step(&mut self, event: Event<'_>, now: Now) -> Step {
        if let Event::Stopped(stop) = event {
            return self.stop(stop);
        }
        // Nobody listens to a call that has settled.
        let is_heard = !self.is_settled;
        let (settle, abort, next) = match self.advance(event, now) {
            Ok(next) if self.state == State::Ended => (self.settle(Ok(())), false, next),
            Ok(next) => (None, false, next),
            // Nothing of a call that failed need go on.
            Err(rejection) => (self.settle(Err(rejection)), true, self.leave()),
        };
        Step {
            notice: take(&mut self.notice).filter(|_| is_heard),
            settle,
            abort,
            next,
        }
    }

    fn advance(&mut self, event: Event<'_>, now: Now) -> Result<Next, Rejection> {
        if let Event::CallbackThrew = event {
            // Nobody is left to take the result.
            self.left.get_or_insert(Leave::CallbackThrew);
            return Err(open(Fault::Threw));
        }
        match (self.state, event) {
            (State::Ready, _) => self.start(now),
            (
                State::Sending,
                Event::Answered(answer, _)
                | Event::Submitted(answer, ..)
                | Event::CancelAnswered(answer, _),
            ) => match self.judge(answer, now)? {
                Some(next) => Ok(next),
                None => self.accept(event, now),
            },
            (State::Sending, Event::Refused(error)) => self.refused(&error, now),
            (
                State::Sending,
                Event::Lost {
                    is_offline,
                    is_unsent,
                },
            ) => {
                let failure = Failure::Network {
                    is_offline,
                    is_unsent,
                };
                self.retry(open(Fault::Network), failure, false, now)
            }
            (State::Sending, Event::Threw) => Err(open(Fault::Threw)),
            (State::WaitingToRetry, _) => self.send(),
            (State::ReportingSubmitted, _) => match self.left {
                Some(Leave::Stopped(stop)) => Err(open(Fault::Stopped(stop))),
                _ if self.goal == Goal::Subscribe => self.follow(now),
                _ => Ok(self.end()),
            },
            (
                State::Streaming,
                Event::Lost {
                    is_offline,
                    is_unsent,
                },
            ) => self.retry_stream(is_offline, is_unsent, now),
            // A stream that ended early has lost nothing: polls go on.
            (State::Streaming, Event::StreamEnded(standing)) => {
                self.is_acknowledged |= standing.is_some();
                if standing.is_some() {
                    self.note_answer();
                }
                self.standing = standing.unwrap_or_default();
                match self.standing.status {
                    QueueStatus::Completed => self.complete(),
                    _ => self.poll(now),
                }
            }
            (State::ReportingStatus, _) => match self.standing.status {
                QueueStatus::Completed => self.complete(),
                _ => Ok(self.wait_to_poll(now)),
            },
            (State::WaitingToPoll, _) => self.follow(now),
            (State::WaitingToStream, _) => self.open_stream(),
            (State::Sending | State::Streaming | State::Ended, _) => Ok(Next::KeepWaiting),
        }
    }

    fn start(&mut self, now: Now) -> Result<Next, Rejection> {
        let first = match self.goal {
            Goal::Only(operation) => Some(operation),
            Goal::Subscribe => Some(Operation::Submit),
            Goal::Resume | Goal::Follow => None,
        };
        match first {
            Some(operation) => self.ask(operation),
            None => self.follow(now),
        }
    }

    /// Stops the call for its caller: requests and waits are aborted, and the job is cancelled. A
    /// submit in flight is not aborted, as it may have arrived: the call waits for its request id,
    /// and then cancels the request.
    fn stop(&mut self, stop: Stop) -> Step {
        // A call that has settled goes on with its cancel, or with the submit that it waits for.
        if self.is_settled {
            return Step {
                notice: None,
                settle: None,
                abort: false,
                next: Next::KeepWaiting,
            };
        }
        match stop {
            // The caller set the request a time, not only this call.
            Stop::TimedOut => self.cancels_if_left = true,
            Stop::Detached => self.cancels_if_left = false,
            Stop::Aborted => {}
        }
        self.left = Some(Leave::Stopped(stop));
        let settle = self.settle(Err(open(Fault::Stopped(stop))));
        let is_submitting = self.is_submitting();
        Step {
            settle,
            abort: !is_submitting,
            notice: None,
            next: if is_submitting {
                Next::KeepWaiting
            } else {
                self.leave()
            },
        }
    }

    fn settle(&mut self, outcome: Result<(), Rejection>) -> Option<Result<(), Rejection>> {
        let is_first = !self.is_settled;
        self.is_settled = true;
        is_first.then_some(outcome)
    }

    /// The last thing that a call does: cancel the request that it leaves behind.
    fn leave(&mut self) -> Next {
        let is_wanted = self.left.is_some() && self.cancels_if_left && self.request().is_some();
        let is_cancelling = self.goal == Goal::Only(Operation::Cancel);
        if is_wanted && !is_cancelling {
            self.goal = Goal::Only(Operation::Cancel);
            if let Ok(next) = self.ask(Operation::Cancel) {
                return next;
            }
        }
        self.end()
    }

    fn end(&mut self) -> Next {
        self.state = State::Ended;
        Next::End {
            is_cancelled: self.is_cancelled,
        }
    }

    /// Begins an operation.
    fn ask(&mut self, operation: Operation) -> Result<Next, Rejection> {
        self.operation = operation;
        self.attempt = 0;
        self.send()
    }

    fn send(&mut self) -> Result<Next, Rejection> {
        let url = self.url()?;
        let access = if self.operation.is_presigned() || self.settings.token.is_some() {
            Access::Presigned
        } else {
            Access::of(&url)
        };
        self.state = State::Sending;
        Ok(Next::Send(Send {
            operation: self.operation,
            url,
            access,
            body: self.own_body(),
            deadline_ms: self.operation.rule().retry.deadline_ms(self.attempt),
            freshness: self.freshness,
        }))
    }

    fn url(&self) -> Result<String, Rejection> {
        const TOKENS: &str = "https://rest.fal.ai/tokens/";
        const STORAGE: &str = "https://rest.fal.ai/storage/upload/initiate";
        const STORAGE_TYPE: &str = "?storage_type=fal-cdn-v3";
        let given = || self.target.url.as_deref().unwrap_or_default();
        let mut url = match self.operation {
            Operation::Token => joined(&[TOKENS]),
            Operation::InitiateUpload => joined(&[STORAGE, STORAGE_TYPE]),
            Operation::InitiateMultipartUpload => joined(&[STORAGE, "-multipart", STORAGE_TYPE]),
            Operation::Upload => joined(&[given()]),
            Operation::UploadPart => {
                part_url(given(), self.settings.part.as_deref().unwrap_or_default())
            }
            Operation::CompleteUpload => part_url(given(), "complete"),
            Operation::Submit => self.endpoint()?.submit_url(),
            Operation::Run => self.endpoint()?.run_url(),
            Operation::Stream | Operation::StreamByGet => self.stream_url()?,
            Operation::Status | Operation::Poll | Operation::PollAtInterval => {
                return self.of_request(|request, endpoint| {
                    joined(&[&request.status_url(endpoint), self.logs_query()])
                });
            }
            Operation::Result | Operation::FollowedResult => {
                return self.of_request(QueuedRequest::response_url);
            }
            Operation::Cancel => return self.of_request(QueuedRequest::cancel_url),
        };
        url.push_str(&self.settings.query);
        let Some(token) = &self.settings.token else {
            return Ok(url);
        };
        if !is_fal_url(&url) {
            return Err(open(Fault::TokenUrl));
        }
        let has_query = find(&url, |byte| byte == b'?').is_some();
        let separator = if has_query { "&" } else { "?" };
        Ok(joined(&[&url, separator, "fal_jwt_token=", token]))
    }

    /// Of the caller's own URL, of the request's statuses, or of the endpoint.
    fn stream_url(&self) -> Result<String, Rejection> {
        match (&self.target.url, &self.target.request) {
            (Some(url), _) => Ok(joined(&[url])),
            (None, Some(_)) => self.status_stream_url(),
            (None, None) => Ok(self.endpoint()?.stream_url()),
        }
    }

    fn status_stream_url(&self) -> Result<String, Rejection> {
        self.of_request(|request, endpoint| {
            joined(&[&request.status_url(endpoint), "/stream", self.logs_query()])
        })
    }

    fn logs_query(&self) -> &'static str {
        if self.settings.logs {
            "?logs=1"
        } else {
            "?logs=0"
        }
    }

    /// The body of a token request. An alias holds nothing that JSON would escape.
    fn own_body(&self) -> Option<String> {
        // The service's own default, in seconds.
        const END: &str = "\"],\"token_expiration\":120}";
        let endpoint = self.target.endpoint.as_ref()?;
        (self.operation == Operation::Token)
            .then(|| joined(&["{\"allowed_apps\":[\"", endpoint.alias(), END]))
    }

    fn endpoint(&self) -> Result<&EndpointId, Rejection> {
        self.target.endpoint.as_ref().ok_or(open(Fault::EndpointId))
    }

    fn of_request<T>(
        &self,
        read: impl FnOnce(&QueuedRequest, &EndpointId) -> T,
    ) -> Result<T, Rejection> {
        let endpoint = self.endpoint()?;
        let missing = match self.goal {
            Goal::Subscribe => Fault::BadAnswer(Problem::NoRequestId),
            _ => Fault::RequestId,
        };
        let request = self.request().ok_or(open(missing))?;
        Ok(read(request, endpoint))
    }

    /// Judges an answer of 2xx: `None` if it counts, else what to do instead.
    fn judge(&mut self, answer: Answer, now: Now) -> Result<Option<Next>, Rejection> {
        match answer::judge(self.operation.rule().wanted, answer) {
            Verdict::Refuse(problem) => {
                if self.freshness == Freshness::Usual {
                    self.freshness = Freshness::OwnUrls;
                }
                let rejection = open(Fault::BadAnswer(problem));
                self.retry(rejection, Failure::NoAnswer, false, now)
                    .map(Some)
            }
            Verdict::AskOnceMore if self.freshness == Freshness::Usual => {
                self.freshness = Freshness::OwnUrls;
                self.send().map(Some)
            }
            Verdict::AskOnceMore | Verdict::Believe => {
                self.note_answer();
                Ok(None)
            }
        }
    }

    /// The service has answered.
    fn note_answer(&mut self) {
        if take(&mut self.is_retrying) {
            self.notice = Some(Notice::Reached);
        }
    }

    /// Goes on with an answer that counts.
    fn accept(&mut self, event: Event<'_>, now: Now) -> Result<Next, Rejection> {
        match (self.operation, event) {
            (_, Event::Submitted(answer, id, urls)) => self.accept_submit(answer.body, id, urls),
            (_, Event::CancelAnswered(_, body)) => {
                self.is_cancelled = body.acknowledges_cancel();
                Ok(self.end())
            }
            (Operation::Poll | Operation::PollAtInterval, Event::Answered(_, standing)) => {
                self.standing = standing;
                self.is_acknowledged = true;
                self.note_news(now);
                self.state = State::ReportingStatus;
                Ok(Next::ReportStatus)
            }
            // The last status named an error, so the result should be one. An empty result is no
            // success.
            (Operation::FollowedResult, _) if self.standing.has_failed => Err(Rejection {
                fault: Fault::JobFailed,
                is_final: true,
            }),
            _ => Ok(self.end()),
        }
    }

    fn accept_submit(
        &mut self,
        body: Body,
        id: Option<&str>,
        urls: NamedUrls<'_>,
    ) -> Result<Next, Rejection> {
        self.target.request = id.and_then(|id| QueuedRequest::new(id, urls));
        self.is_acknowledged = self.target.request.is_some();
        self.cancels_if_left = self.left != Some(Leave::Stopped(Stop::Detached));
        // Some proxies answer 200 to every request. A caller's own response handler may
        // return anything.
        if !self.is_acknowledged && body != Body::Handled {
            return Err(open(Fault::BadAnswer(Problem::NoRequestId)));
        }
        self.state = State::ReportingSubmitted;
        Ok(Next::ReportSubmitted)
    }

    fn follow(&mut self, now: Now) -> Result<Next, Rejection> {
        self.began_ms.get_or_insert(now.ms);
        if self.settings.polls_only {
            return self.poll(now);
        }
        self.operation = Operation::StreamByGet;
        self.attempt = 0;
        self.open_stream()
    }

    fn open_stream(&mut self) -> Result<Next, Rejection> {
        let url = self.status_stream_url()?;
        let access = Access::of(&url);
        self.state = State::Streaming;
        Ok(Next::FollowStream { url, access })
    }

    /// Opens the stream again after it could not be opened. If that fails too often, polls go on.
    fn retry_stream(
        &mut self,
        is_offline: bool,
        is_unsent: bool,
        now: Now,
    ) -> Result<Next, Rejection> {
        let failure = Failure::Network {
            is_offline,
            is_unsent,
        };
        if let Ok(next) = self.retry(open(Fault::Network), failure, false, now) {
            self.state = State::WaitingToStream;
            return Ok(next);
        }
        self.settings.polls_only = true;
        self.poll(now)
    }

    fn poll(&mut self, now: Now) -> Result<Next, Rejection> {
        let since = *self.news.since_ms.get_or_insert(now.ms);
        if self.freshness == Freshness::Usual && now.ms - since > follow::QUIET_MS {
            self.freshness = Freshness::OwnUrls;
            self.news.is_cross_check = true;
        }
        self.ask(match self.settings.poll_interval_ms {
            None => Operation::Poll,
            Some(_) => Operation::PollAtInterval,
        })
    }

    /// Notes whether the status is news. If a cross-check brought none, caches are fine.
    fn note_news(&mut self, now: Now) {
        let Standing {
            status, position, ..
        } = self.standing;
        // Positions are whole numbers.
        let has_moved = (position - self.news.position).abs() >= 1.0;
        let is_new = status != self.news.status || has_moved;
        let was_cross_check = take(&mut self.news.is_cross_check);
        if was_cross_check && !is_new && self.freshness == Freshness::OwnUrls {
            self.freshness = Freshness::Usual;
        }
        if was_cross_check || is_new {
            self.news = News {
                since_ms: Some(now.ms),
                status,
                position,
                is_cross_check: false,
            };
        }
    }

    fn wait_to_poll(&mut self, now: Now) -> Next {
        let ms = match self.settings.poll_interval_ms {
            Some(given) => follow::poll_interval_ms(given),
            None => follow::poll_delay_ms(
                now.ms - self.began_ms.unwrap_or(now.ms),
                self.standing.position,
                now.is_hidden,
                now.random,
            ),
        };
        self.state = State::WaitingToPoll;
        Next::Wait {
            ms,
            may_end_early: true,
        }
    }

    fn complete(&mut self) -> Result<Next, Rejection> {
        if self.goal == Goal::Follow {
            return Ok(self.end());
        }
        self.ask(Operation::FollowedResult)
    }

    fn refused(&mut self, error: &HttpError<'_>, now: Now) -> Result<Next, Rejection> {
        if self.operation == Operation::Cancel {
            self.is_cancelled = error.acknowledges_cancel();
        }
        let failure = Failure::Status {
            status: error.status,
            is_listed: error.is_listed,
            retry_after_ms: error.retry_after_ms,
            user_timeout: error.is_user_timeout,
            is_passing: self.is_passing(error),
        };
        if error.had_own_url && facts::may_mean_unknown_url(failure) && self.left.is_none() {
            self.freshness = Freshness::SharedUrlOnly;
            return self.send();
        }
        let reads_result = self.operation.reads_result();
        let has_failed = self.standing.has_failed;
        let is_last_word = reads_result && (has_failed || error.names_error_type);
        let rejection = Rejection {
            fault: Fault::HttpError,
            is_final: reads_result && (has_failed || error.is_failure_of_request()),
        };
        self.retry(rejection, failure, is_last_word, now)
    }

    /// Whether an HTTP error about a request that the service knows will pass, whatever its status.
    fn is_passing(&self, error: &HttpError<'_>) -> bool {
        let is_known = self.is_acknowledged && !matches!(self.goal, Goal::Only(_));
        let body = &error.body;
        if self.operation.reads_result() {
            // The service answers with JSON. A page is from a server in between.
            if error.status == 500 {
                return body.is_text;
            }
            return is_known && answer::may_result_come(error.status, body.detail);
        }
        let is_poll = matches!(self.operation, Operation::Poll | Operation::PollAtInterval);
        is_poll
            && is_known
            && error.status == 404
            && !answer::is_unknown_request(body.detail, body.status)
    }

    /// Waits for another try, or gives up. `is_last_word`: the service has said what became of the
    /// request.
    fn retry(
        &mut self,
        rejection: Rejection,
        failure: Failure,
        is_last_word: bool,
        now: Now,
    ) -> Result<Next, Rejection> {
        let usual = if is_last_word {
            RetryPolicy::FAILED_RESULT
        } else {
            self.operation.rule().retry
        };
        let policy = self.settings.retry.applied_to(usual);
        let delay = policy.delay_after(self.attempt, failure, now.random);
        let Some(ms) = delay.filter(|_| self.left.is_none() || self.is_settled_cancel()) else {
            return Err(rejection);
        };
        self.is_retrying = true;
        self.notice = Some(Notice::Retrying);
        let is_for_network = ms.is_infinite();
        // To wait for the network is no try.
        self.attempt += u32::from(!is_for_network);
        self.state = State::WaitingToRetry;
        Ok(Next::Wait {
            ms,
            may_end_early: is_for_network,
        })
    }

    /// The call was left, and cancels its request.
    fn is_settled_cancel(&self) -> bool {
        self.goal == Goal::Only(Operation::Cancel)
    }
}

impl RetryChanges {
    /// The policy with the caller's changes.
    fn applied_to(self, policy: RetryPolicy) -> RetryPolicy {
        // Saturates; NaN counts as none.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let max_retries = self.max_retries.map(|retries| retries as u32);
        RetryPolicy {
            max_retries: max_retries.unwrap_or(policy.max_retries),
            base_delay_ms: self.base_delay_ms.unwrap_or(policy.base_delay_ms),
            max_delay_ms: self.max_delay_ms.unwrap_or(policy.max_delay_ms),
            backoff_multiplier: self.backoff_multiplier.unwrap_or(policy.backoff_multiplier),
            jitter: self.jitter.unwrap_or(policy.jitter),
            repeat: if self.repeats_submit {
                Repeat::Freely
            } else {
                policy.repeat
            },
            ..policy
        }
    }
}

/// A rejection that says nothing final about the request.
const fn open(fault: Fault) -> Rejection {
    Rejection {
        fault,
        is_final: false,
    }
}
