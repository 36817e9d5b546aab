//! Performs one call: it does each step of the engine's, and reports the outcome. See `src/engine/`.

use std::{cell::Cell, future::poll_fn, rc::Rc, sync::Arc, task::Poll};

use futures_channel::oneshot;
use futures_util::{FutureExt, future::LocalBoxFuture};

use super::{
    body_reader::BodyReader,
    config::Config,
    error::Error,
    exchanged::Exchanged,
    facts,
    follow::Follower,
    handle::RequestHandle,
    http::{Parts, exchange, is_paid},
    known::{is_known, remember},
    loss::Loss,
    page,
    plan::{Outcome, Plan},
    reply::Reply,
    reporter::{Reporter, Times},
    status::Status,
    stops::Stops,
};
use crate::{
    engine::{self, Access, Event, Fault, Goal, Next, Rejection, Send, Standing, Step, Stop},
    protocol::Operation,
};

/// A call that is performed.
pub(super) struct Host {
    config: Arc<Config>,
    goal: Goal,
    engine: engine::Call,
    endpoint_id: String,
    parts: Rc<Parts>,
    reporter: Rc<Reporter>,
    follower: Rc<Follower>,
    stops: Stops,
    /// Nobody waits for the call any more.
    is_settled: Rc<Cell<bool>>,
    settle: Settle,
    /// The operation of the last request.
    operation: Operation,
    reply: Reply,
    body: Option<BodyReader>,
    failure: Option<Error>,
    handle: Option<RequestHandle>,
}

/// Where the outcome goes.
enum Settle {
    /// To a caller elsewhere, at once.
    Send(Option<oneshot::Sender<Result<Outcome, Error>>>),
    /// To the future that runs the host, at its end.
    Keep(Option<Box<Result<Outcome, Error>>>),
}

/// Something that the engine waits for.
enum Happening {
    Exchanged(Box<Exchanged>),
    Waited,
    StreamEnded(Option<Standing>),
    StreamLost(Loss),
}

type Pending = LocalBoxFuture<'static, Happening>;

impl Host {
    /// A host of a call that others wait for.
    pub(super) fn new(
        plan: Plan,
        reporter: Rc<Reporter>,
        stops: Stops,
        settle: oneshot::Sender<Result<Outcome, Error>>,
    ) -> Self {
        Self::with(plan, reporter, stops, Settle::Send(Some(settle)))
    }

    fn with(plan: Plan, reporter: Rc<Reporter>, stops: Stops, settle: Settle) -> Self {
        let Plan {
            config,
            goal,
            target,
            settings,
            parts,
            endpoint_id,
            handle,
        } = plan;
        if let Some(request) = &target.request {
            remember(request.id());
        }
        Self {
            follower: Rc::new(Follower::new(
                &config,
                &settings,
                reporter.clone(),
                |plan| Self::perform(plan).boxed_local(),
            )),
            config,
            goal,
            engine: engine::Call::new(goal, target, settings),
            endpoint_id,
            parts: Rc::new(parts),
            reporter,
            stops,
            is_settled: Rc::default(),
            settle,
            operation: Operation::Submit,
            reply: Reply::default(),
            body: None,
            failure: None,
            handle,
        }
    }

    /// Performs one call within the caller's own future: dropping that ends it.
    pub(super) async fn perform(plan: Plan) -> Result<Outcome, Error> {
        if !page::is_there() {
            return Err(Error::NotInBrowser);
        }
        let reporter = Rc::new(Reporter::new(None, false));
        Self::perform_with(plan, reporter).await
    }

    /// The same, where lost connections are reported.
    pub(super) async fn perform_with(plan: Plan, reporter: Rc<Reporter>) -> Result<Outcome, Error> {
        let host = Self::with(plan, reporter, Stops::none(), Settle::Keep(None));
        let aborted = || Err(Error::Aborted { request_id: None });
        match host.run().await.settle {
            Settle::Keep(outcome) => outcome.map_or_else(aborted, |outcome| *outcome),
            Settle::Send(_) => aborted(),
        }
    }

    /// The request, once it is known.
    pub(super) fn into_handle(self) -> Option<RequestHandle> {
        self.handle
    }

    /// Runs the call to its end, its cancel included.
    pub(super) async fn run(mut self) -> Self {
        if self.goal.has_timeout() {
            self.reporter.begin(page::clock_ms() - self.age_ms());
        }
        let mut pending: Option<Pending> = None;
        let mut step = self.engine.step(Event::Started, page::now());
        loop {
            let Step {
                notice,
                settle,
                abort,
                next,
            } = step;
            if let Some(notice) = notice {
                self.reporter
                    .report_notice(notice, page::is_offline(), Times::now());
                self.follower.notice(notice);
            }
            if let Some(outcome) = settle {
                self.settle(outcome);
            }
            if abort {
                pending = None;
            }
            match next {
                Next::KeepWaiting => {}
                Next::Send(send) => pending = Some(self.send(send)),
                Next::Wait { ms, may_end_early } => pending = Some(wait(ms, may_end_early)),
                Next::FollowStream { url, access } => {
                    pending = Some(self.follow_stream(url, access));
                }
                Next::ReportSubmitted => {
                    self.report_submitted();
                    step = self.engine.step(Event::Done, page::now());
                    continue;
                }
                Next::ReportStatus => {
                    self.report_status();
                    step = self.engine.step(Event::Done, page::now());
                    continue;
                }
                Next::End { .. } => return self,
            }
            step = self.wait_for(&mut pending).await;
        }
    }

    /// How long ago the request was submitted.
    fn age_ms(&self) -> f64 {
        let submitted = self
            .handle
            .as_ref()
            .and_then(|handle| handle.submitted_at_ms);
        #[allow(clippy::cast_precision_loss)] // it is far below 2^53
        let age = submitted.map_or(0.0, |at| Times::now().epoch_ms - at as f64);
        // A clock that was set back must not make times negative.
        age.max(0.0)
    }

    /// Waits for the next thing that happens, or for a stop, and tells the engine.
    async fn wait_for(&mut self, pending: &mut Option<Pending>) -> Step {
        let stops = &mut self.stops;
        let is_settled = self.is_settled.get();
        let happened = poll_fn(|context| {
            if !is_settled && let Poll::Ready(stop) = stops.poll(context) {
                return Poll::Ready(Err(stop));
            }
            match pending {
                Some(pending) => pending.as_mut().poll(context).map(Ok),
                None => Poll::Pending,
            }
        });
        let happening = match happened.await {
            Ok(happening) => happening,
            Err(stop) => return self.engine.step(Event::Stopped(stop), page::now()),
        };
        *pending = None;
        match happening {
            Happening::Waited => self.engine.step(Event::Done, page::now()),
            Happening::StreamEnded(standing) => {
                self.engine.step(Event::StreamEnded(standing), page::now())
            }
            Happening::StreamLost(loss) => {
                let event = Event::Lost {
                    is_offline: loss.is_offline,
                    is_unsent: loss.is_unsent,
                };
                self.engine.step(event, page::now())
            }
            Happening::Exchanged(exchanged) => self.take(*exchanged),
        }
    }

    fn send(&mut self, send: Send) -> Pending {
        self.operation = send.operation;
        let config = self.config.clone();
        // The caller's body and headers are for the first request only.
        let parts = if is_first(self.goal, send.operation) {
            self.parts.clone()
        } else {
            Rc::default()
        };
        let is_settled = self.is_settled.clone();
        let is_paid = is_paid(send.operation);
        async move {
            let is_left = || is_paid && is_settled.get();
            let exchanged = exchange(&config, &send, &parts, is_left).await;
            Happening::Exchanged(Box::new(exchanged))
        }
        .boxed_local()
    }

    fn follow_stream(&self, url: String, access: Access) -> Pending {
        let follower = self.follower.clone();
        let request_id = self.engine.request().map(|request| request.id().to_owned());
        let handle = self.handle_now();
        async move {
            let id = request_id.unwrap_or_default();
            match follower.follow(url, access, id, handle).await {
                Ok(last) => Happening::StreamEnded(last),
                Err(loss) => Happening::StreamLost(loss),
            }
        }
        .boxed_local()
    }

    /// Tells the engine what became of a request.
    fn take(&mut self, exchanged: Exchanged) -> Step {
        match exchanged {
            Exchanged::Answered(reply, body) => {
                self.reply = reply;
                self.body = body;
                self.take_answer()
            }
            Exchanged::Refused(reply) => {
                self.reply = reply;
                let listed = self
                    .parts
                    .put
                    .as_ref()
                    .and_then(|put| put.retry_statuses.as_deref());
                let listed = listed.or(self.config.retry.statuses());
                let error = facts::http_error(&self.reply, listed);
                self.engine.step(Event::Refused(error), page::now())
            }
            Exchanged::Lost(Loss {
                message,
                is_offline,
                is_unsent,
            }) => {
                self.failure = Some(lost(self.operation, message, is_offline, is_unsent));
                let event = Event::Lost {
                    is_offline,
                    is_unsent,
                };
                self.engine.step(event, page::now())
            }
            Exchanged::Threw(error) => {
                self.failure = Some(error);
                self.engine.step(Event::Threw, page::now())
            }
        }
    }

    fn take_answer(&mut self) -> Step {
        let asked = self.engine.request().map(|request| request.id().to_owned());
        let answer = facts::answer_facts(&self.reply, asked.as_deref(), is_known);
        let json = self.reply.content.json();
        let now = page::now();
        match self.operation {
            Operation::Submit => {
                let id = json
                    .and_then(|json| json.get("request_id"))
                    .and_then(|id| id.as_str());
                let urls = json.map(facts::named_urls).unwrap_or_default();
                self.engine.step(Event::Submitted(answer, id, urls), now)
            }
            Operation::Cancel => {
                let body = facts::error_body(&self.reply.content);
                self.engine.step(Event::CancelAnswered(answer, body), now)
            }
            _ => {
                let standing = json.map(facts::standing).unwrap_or_default();
                self.engine.step(Event::Answered(answer, standing), now)
            }
        }
    }

    fn report_submitted(&mut self) {
        let Some(request) = self.engine.request() else {
            return;
        };
        remember(request.id());
        let handle = RequestHandle::new(&self.endpoint_id, request.id());
        let urls = self.reply.content.json().map(facts::named_urls);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is after 1970
        let submitted_at = Times::now().epoch_ms as u64;
        let handle = RequestHandle {
            submitted_at_ms: Some(submitted_at),
            ..handle.with_urls(urls.unwrap_or_default())
        };
        self.handle = Some(handle.clone());
        self.reporter.begin(page::clock_ms());
        self.reporter.report_enqueued(handle);
    }

    fn report_status(&self) {
        self.follower.notice_status();
        if let Some(status) = self.reply.content.json() {
            self.reporter
                .report_status(Status::from(status.clone()), Times::now());
        }
    }

    /// The request as it is known now.
    fn handle_now(&self) -> RequestHandle {
        let id = self.engine.request().map(|request| request.id().to_owned());
        let known = self.handle.clone();
        known.unwrap_or_else(|| RequestHandle::new(&self.endpoint_id, id.unwrap_or_default()))
    }

    /// Settles the call for its caller.
    fn settle(&mut self, outcome: Result<(), Rejection>) {
        self.is_settled.set(true);
        let outcome = match outcome {
            Ok(()) => Ok(Outcome {
                reply: std::mem::take(&mut self.reply),
                body: self.body.take(),
                handle: self.engine.request().is_some().then(|| self.handle_now()),
                status: self.reporter.status(),
                timings: self.reporter.timings(page::clock_ms()),
            }),
            Err(rejection) => {
                let id = self.engine.request().map(|request| request.id().to_owned());
                Err(self.error_of(rejection).about(id.as_deref()))
            }
        };
        match &mut self.settle {
            Settle::Send(sender) => {
                self.reporter.close();
                if let Some(sender) = sender.take() {
                    // If the receiver is dropped, nobody needs the outcome.
                    let _ = sender.send(outcome);
                }
            }
            Settle::Keep(kept) => *kept = Some(Box::new(outcome)),
        }
    }

    fn error_of(&mut self, rejection: Rejection) -> Error {
        let request_id = None;
        match rejection.fault {
            Fault::EndpointId => Error::argument(
                "endpoint_id",
                "must be like \"owner/alias\", with a path or not",
            ),
            Fault::RequestId => Error::argument("request_id", "is no id of a request"),
            Fault::TokenUrl => Error::argument("url", "a token goes to fal's own hosts only"),
            Fault::HttpError => facts::api_error(self.operation, &self.reply, rejection),
            Fault::BadAnswer(problem) => facts::bad_answer(self.operation, problem, &self.reply),
            Fault::JobFailed => job_failed(self.reporter.status()),
            Fault::Network | Fault::Threw => {
                let failure = self.failure.take();
                failure.unwrap_or(Error::Aborted { request_id })
            }
            Fault::Stopped(Stop::Aborted) => Error::Aborted { request_id },
            Fault::Stopped(Stop::TimedOut) => Error::TimedOut { request_id },
            Fault::Stopped(Stop::Detached) => Error::Detached { request_id },
        }
    }
}

/// Whether an operation is the one that the caller gave the body and the headers for.
fn is_first(goal: Goal, operation: Operation) -> bool {
    match goal {
        Goal::Only(only) => only == operation,
        Goal::Subscribe => operation == Operation::Submit,
        Goal::Resume | Goal::Follow => false,
    }
}

fn wait(ms: f64, may_end_early: bool) -> Pending {
    async move {
        if may_end_early {
            page::sleep_until_awake(ms).await;
        } else {
            page::sleep(ms).await;
        }
        Happening::Waited
    }
    .boxed_local()
}

fn lost(operation: Operation, message: String, is_offline: bool, is_unsent: bool) -> Error {
    let error = Error::Network {
        operation: operation.rule().name,
        message,
        is_offline,
        request_id: None,
    };
    if is_paid(operation) && !is_unsent {
        Error::SubmitUncertain {
            source: Box::new(error),
        }
    } else {
        error
    }
}

fn job_failed(status: Option<Status>) -> Error {
    let (error, error_type) = match status {
        Some(Status::Completed {
            error, error_type, ..
        }) => (error, error_type),
        _ => (None, None),
    };
    Error::JobFailed {
        message: error.or_else(|| error_type.clone()).unwrap_or_default(),
        error_type,
        request_id: None,
    }
}
