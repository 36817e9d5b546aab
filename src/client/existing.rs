//! Calls about a request that was submitted before.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    call::{Call, Completed, Task, complete, complete_followed},
    config::Config,
    error::Error,
    event_stream::StatusStream,
    handle::RequestHandle,
    host::Host,
    http::Parts,
    options::to_ms,
    plan::{Outcome, Plan},
    status::Status,
};
use crate::{
    engine::{Goal, Settings},
    protocol::Operation,
};

/// How a request is followed.
#[derive(Debug, Clone)]
pub(super) struct FollowOptions {
    pub(super) logs: bool,
    pub(super) timeout: Option<Duration>,
    pub(super) poll_interval: Option<Duration>,
    pub(super) polls_only: bool,
}

impl Default for FollowOptions {
    fn default() -> Self {
        Self {
            logs: true,
            timeout: None,
            poll_interval: None,
            polls_only: false,
        }
    }
}

impl FollowOptions {
    pub(super) fn settings(&self) -> Settings {
        Settings {
            logs: self.logs,
            poll_interval_ms: self.poll_interval.map(to_ms),
            polls_only: self.polls_only || self.poll_interval.is_some(),
            ..Settings::default()
        }
    }

    /// Whether every status is reported, changed or not, as the official client does.
    pub(super) fn repeats(&self) -> bool {
        self.poll_interval.is_some()
    }
}

/// A request that was submitted before, with the options of a call about it: see [`Client::request`]. The last
/// method says what to do.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `status`, `result`, `cancel`, `resume`, `follow` or `stream_status`"]
pub struct ExistingRequest<T = Value> {
    config: Arc<Config>,
    handle: RequestHandle,
    follow: FollowOptions,
    idle_timeout: Option<Duration>,
    output: PhantomData<fn() -> T>,
}

impl<T> ExistingRequest<T> {
    pub(super) fn new(config: Arc<Config>, handle: RequestHandle) -> Self {
        Self {
            config,
            handle,
            follow: FollowOptions::default(),
            idle_timeout: None,
            output: PhantomData,
        }
    }

    /// The type of the output. Default: [`Value`].
    pub fn output<U>(self) -> ExistingRequest<U> {
        ExistingRequest {
            config: self.config,
            handle: self.handle,
            follow: self.follow,
            idle_timeout: self.idle_timeout,
            output: PhantomData,
        }
    }

    /// Ask for the model's logs. Default: `true`.
    pub fn logs(mut self, is_on: bool) -> Self {
        self.follow.logs = is_on;
        self
    }

    /// The time from now until [`resume`](Self::resume) or [`follow`](Self::follow) fails with [`Error::TimedOut`]
    /// and cancels the job. Default: none.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.follow.timeout = Some(time);
        self
    }

    /// Follow by polling at this interval, and report every status.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.follow.poll_interval = Some(interval);
        self
    }

    /// Follow by polling only, at a rate that adapts.
    pub fn poll_only(mut self) -> Self {
        self.follow.polls_only = true;
        self
    }

    /// The time without a sign of life until [`stream_status`](Self::stream_status) fails. Default: 45 s.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle_timeout = Some(time);
        self
    }

    /// Asks where the request stands (§5.3).
    pub async fn status(self) -> Result<Status, Error> {
        let outcome = Host::perform(self.plan(Goal::Only(Operation::Status))).await?;
        let body = outcome.reply.content.json().cloned();
        Ok(Status::from(body.unwrap_or_default()))
    }

    /// Cancels the request (§5.6). One that runs already may still complete. It fails with HTTP 400 if the request
    /// has completed.
    pub async fn cancel(self) -> Result<(), Error> {
        Host::perform(self.plan(Goal::Only(Operation::Cancel))).await?;
        Ok(())
    }

    /// Follows the request to its last status. It begins at once. Dropping the call leaves the job running.
    pub fn follow(self) -> Call<Status> {
        Call::begin(Ok(self.task(Goal::Follow)), last_status)
    }

    /// The statuses of the request as the service sends them, up to the last one (§5.4). Proxies that cannot stream
    /// let it fail: [`follow`](Self::follow) works with all.
    pub async fn stream_status(self) -> Result<StatusStream, Error> {
        let idle_ms = self.idle_timeout.map(to_ms);
        let mut plan = self.plan(Goal::Only(Operation::StreamByGet));
        let accept = "application/json, text/event-stream";
        plan.parts.headers = vec![("Accept".into(), accept.into())];
        StatusStream::open(plan, idle_ms).await
    }

    fn plan(self, goal: Goal) -> Plan {
        let settings = self.follow.settings();
        Plan {
            goal,
            target: self.handle.target(),
            settings: Settings {
                retry: self.config.retry.changes(),
                ..settings
            },
            parts: Parts::default(),
            endpoint_id: self.handle.endpoint_id.clone(),
            handle: Some(self.handle),
            config: self.config,
        }
    }

    fn task(self, goal: Goal) -> Task {
        Task {
            timeout_ms: self.follow.timeout.map(to_ms),
            repeats: self.follow.repeats(),
            plan: self.plan(goal),
            preparation: None,
        }
    }
}

impl<T: DeserializeOwned + 'static> ExistingRequest<T> {
    /// Fetches the result of a completed request (§5.5). A failed one gives its failure.
    pub async fn result(self) -> Result<Completed<T>, Error> {
        let outcome = Host::perform(self.plan(Goal::Only(Operation::Result))).await?;
        complete(outcome, Operation::Result)
    }

    /// Goes on as [`Client::subscribe`] would: follows the request and fetches its result. It begins at once. Dropping
    /// the call cancels the job.
    pub fn resume(self) -> Call<Completed<T>> {
        Call::begin(Ok(self.task(Goal::Resume)), complete_followed)
    }
}

#[allow(clippy::unnecessary_wraps)] // as every call finishes
fn last_status(outcome: Outcome) -> Result<Status, Error> {
    let Outcome { status, reply, .. } = outcome;
    let polled = || reply.content.json().cloned().unwrap_or_default().into();
    Ok(status.unwrap_or_else(polled))
}
