//! A synchronous run: the caller's connection waits for the output. When the caller disconnects, the job is cancelled
//! (protocol §6).

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::entry::Entry;
use super::job::Stage;
use super::jobs::Jobs;
use super::line::Priority;
use super::service::Queue;
use super::terms::Terms;
use super::{follow, submit, work};
use crate::protocol::{ApiError, Caller, Origin};
use crate::storage::Wish;
use crate::{memory, reply};

/// How long a run waits for a slot before it is refused. A job frees its slot a moment after its result can be seen, and
/// a caller that runs one job after the other must not be refused for that.
const GRACE: Duration = Duration::from_millis(100);

/// A synchronous run.
#[derive(Debug)]
pub(crate) struct Direct<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) origin: Origin,
    /// The sender of the request.
    pub(crate) caller: Caller,
    pub(crate) input: Map<String, Value>,
    /// The lifetime and the readers that the caller wants for the files of the job.
    pub(crate) wish: Wish,
    /// How long it may wait for its start. With `None`, it is refused if no slot is free.
    pub(crate) patience: Option<Duration>,
}

/// Runs the job to its end. Dropping the future cancels the job.
pub(crate) async fn run(queue: &Arc<Queue>, direct: Direct<'_>) -> Result<Response, ApiError> {
    let terms = Terms {
        wish: direct.wish,
        caller: direct.caller,
        ..Terms::default()
    };
    let share = queue.input_memory.take(memory::of_object(&direct.input))?;
    let entry = Entry::new(direct.endpoint, direct.origin, direct.input).under(terms);
    let entry = Arc::new(entry.hold(share));
    let response = match submit::find_refusal(queue, &entry) {
        Some(refused) => follow::replay(&refused),
        None => perform(queue, &entry, direct.patience).await,
    };
    Ok(reply::with_request_id(response, &entry.id))
}

async fn perform(queue: &Arc<Queue>, entry: &Arc<Entry>, patience: Option<Duration>) -> Response {
    let jobs = &*queue.jobs;
    jobs.add(entry);
    let _waiting = WaitingCaller { jobs, entry };
    jobs.line().join(&entry.id, Priority::Normal);
    work::start_next(queue);
    if let Some(patience) = patience {
        let started = entry.reaches(|stage| !matches!(stage, Stage::Waiting));
        if tokio::time::timeout(patience, started).await.is_err() {
            return too_late();
        }
    } else {
        // Not the stage: a job with a slot may still be waiting, as user-defined endpoints have a time in the queue.
        let taken = leaves_the_line(jobs, entry);
        if tokio::time::timeout(GRACE, taken).await.is_err() {
            return over_limit();
        }
    }
    entry
        .reaches(|stage| matches!(stage, Stage::Done { .. }))
        .await;
    follow::result(entry)
}

/// Resolves once the job has left the line.
async fn leaves_the_line(jobs: &Jobs, entry: &Entry) {
    let mut moves = jobs.moves();
    while jobs.line().position(&entry.id).is_some() {
        if moves.changed().await.is_err() {
            return;
        }
    }
}

/// The caller that waits. Dropping it cancels and forgets the job.
#[derive(Debug)]
struct WaitingCaller<'a> {
    jobs: &'a Jobs,
    entry: &'a Entry,
}

impl Drop for WaitingCaller<'_> {
    fn drop(&mut self) {
        self.entry.cancel();
        self.jobs.line().leave(&self.entry.id);
        self.jobs.forget(&self.entry.id);
        self.jobs.moved();
    }
}

fn over_limit() -> Response {
    let text = "Too many requests are running: try again later, or use the queue";
    let kind = "concurrent_requests_limit";
    let response = failure(StatusCode::TOO_MANY_REQUESTS, text, kind);
    let needs_retry = HeaderName::from_static("x-fal-needs-retry");
    reply::with(response, needs_retry, HeaderValue::from_static("1"))
}

/// The answer 504 for the caller's own deadline (protocol §5.2).
fn too_late() -> Response {
    let text = "The request did not start within the time that its caller set";
    let response = failure(StatusCode::GATEWAY_TIMEOUT, text, "request_timeout");
    let timeout = HeaderName::from_static("x-fal-request-timeout-type");
    reply::with(response, timeout, HeaderValue::from_static("user"))
}

/// An error of the infrastructure (protocol §10.3).
fn failure(status: StatusCode, text: &str, kind: &'static str) -> Response {
    let response = reply::json(status, &json!({ "detail": text, "error_type": kind }));
    let name = HeaderName::from_static("x-fal-error-type");
    reply::with(response, name, HeaderValue::from_static(kind))
}
