//! The machine itself: the next step of a call after each event.

mod answer;
mod follow;
mod news;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod test_access;
mod url;

use std::mem::take;

use self::news::News;
use super::{
    Access, Event, Fault, Freshness, Goal, Next, Notice, Now, QueuedRequest, Rejection,
    RetryChanges, Send, Settings, Standing, Step, Stop, Target, step::open,
};
use crate::{
    protocol::{Operation, QueueStatus},
    retry::{Failure, RetryPolicy},
    text::joined,
};

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
    pub(super) fn ask(&mut self, operation: Operation) -> Result<Next, Rejection> {
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

    /// The body of a token request. An alias holds nothing that JSON would escape.
    fn own_body(&self) -> Option<String> {
        // The service's own default, in seconds.
        const END: &str = "\"],\"token_expiration\":120}";
        let endpoint = self.target.endpoint.as_ref()?;
        (self.operation == Operation::Token)
            .then(|| joined(&["{\"allowed_apps\":[\"", endpoint.alias(), END]))
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

    /// A submit is on its way, and may arrive whatever happens here.
    pub(super) fn is_submitting(&self) -> bool {
        self.operation == Operation::Submit && self.state == State::Sending
    }

    /// The call was left, and cancels its request.
    fn is_settled_cancel(&self) -> bool {
        self.goal == Goal::Only(Operation::Cancel)
    }
}
