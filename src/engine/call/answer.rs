//! The meaning of an answer for a call.

use std::mem::take;

use super::{Call, Leave, State};
use crate::{
    answer::{self, Answer, Body, Problem, Verdict},
    engine::{
        Event, Fault, Freshness, Goal, HttpError, NamedUrls, Next, Notice, Now, QueuedRequest,
        Rejection, Stop, facts, step::open,
    },
    protocol::Operation,
    retry::Failure,
};

impl Call {
    /// Judges an answer of 2xx: `None` if it counts, else what to do instead.
    pub(super) fn judge(&mut self, answer: Answer, now: Now) -> Result<Option<Next>, Rejection> {
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
    pub(super) fn note_answer(&mut self) {
        if take(&mut self.is_retrying) {
            self.notice = Some(Notice::Reached);
        }
    }

    /// Goes on with an answer that counts.
    pub(super) fn accept(&mut self, event: Event<'_>, now: Now) -> Result<Next, Rejection> {
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

    pub(super) fn refused(&mut self, error: &HttpError<'_>, now: Now) -> Result<Next, Rejection> {
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
}
