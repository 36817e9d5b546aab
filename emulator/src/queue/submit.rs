//! Submit: accepts a job, and answers with the URLs of its follow-ups (protocol §5.1).
//!
//! The input is checked at once. If it is wrong, the submit succeeds, and the result has the error, as on the real
//! service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::entry::Entry;
use super::job::Stage;
use super::jobs::Jobs;
use super::line::Priority;
use super::service::Queue;
use super::terms::Terms;
use super::{notify, retention, status, work};
use crate::protocol::{self, ApiError, Call, LARGEST_BODY, Outcome};
use crate::{body, memory, reply};

pub(super) async fn submit(
    queue: &Arc<Queue>,
    call: Call,
    endpoint: &str,
) -> Result<Response, ApiError> {
    queue.apps.check(endpoint)?;
    if let Some(limit) = queue_limit(&call)
        && queue.jobs.count_waiting(endpoint) > limit
    {
        let text = format!(
            "The queue of {endpoint} holds more than the {limit} requests of fal_max_queue_length"
        );
        return Err(ApiError::TooManyRequests(text));
    }
    let terms = Terms::of(&call);
    let (base, origin) = (call.base, call.origin);
    let body = body::receive(call.body, LARGEST_BODY).await?;
    let input = protocol::input::parse(&body)?;
    let share = queue.input_memory.take(memory::of_object(&input))?;
    let entry = Entry::new(endpoint, origin, input).under(terms);
    let entry = Arc::new(entry.hold(share));
    admit(queue, &entry);
    Ok(confirm(&queue.jobs, &entry, &base))
}

fn queue_limit(call: &Call) -> Option<usize> {
    call.parameter("fal_max_queue_length")?.parse().ok()
}

/// Adds a job to the queue. Starts the tasks that report its end to a webhook, and keep its result.
pub(super) fn enter(queue: &Arc<Queue>, entry: &Arc<Entry>) {
    notify::when_done(queue, entry);
    queue.jobs.add(entry);
    queue
        .runtime
        .spawn(keep_at_its_end(Arc::clone(queue), Arc::clone(entry)));
}

async fn keep_at_its_end(queue: Arc<Queue>, entry: Arc<Entry>) {
    entry.ended.wait().await;
    let bytes = entry.with_job(|job| match job.stage() {
        Stage::Done { outcome, .. } => outcome.body_bytes(),
        _ => 0,
    });
    let time = retention::of(bytes, entry.terms.stored) / queue.speed_up;
    queue.jobs.keep(&entry, Instant::now() + time);
}

fn admit(queue: &Arc<Queue>, entry: &Arc<Entry>) {
    if entry.terms.priority == Priority::Low {
        entry.log("Queued with low priority: behind everything normal");
    }
    enter(queue, entry);
    if let Some(refused) = find_refusal(queue, entry) {
        entry.finish(refused);
        return;
    }
    queue.jobs.line().join(&entry.id, entry.terms.priority);
    queue.jobs.moved();
    if let Some(timeout) = entry.terms.start_timeout {
        let jobs = Arc::clone(&queue.jobs);
        queue
            .runtime
            .spawn(expire(jobs, Arc::clone(entry), timeout));
    }
    work::start_next(queue);
}

/// Ends a job that has not started within `timeout`.
async fn expire(jobs: Arc<Jobs>, entry: Arc<Entry>, timeout: Duration) {
    tokio::select! {
        () = entry.ended.wait() => {}
        () = tokio::time::sleep(timeout) => {
            if entry.expire() {
                jobs.line().leave(&entry.id);
                jobs.moved();
            }
        }
    }
}

/// The outcome of a job whose app refuses it. `None` for other jobs.
pub(super) fn find_refusal(queue: &Queue, entry: &Entry) -> Option<Outcome> {
    entry.with_input(|input| queue.apps.refusal(&entry.endpoint, input))
}

pub(super) fn confirm(jobs: &Jobs, entry: &Entry, base: &str) -> Response {
    let position = jobs.line().position(&entry.id).unwrap_or(0);
    let mut body = status::links(entry, base);
    body.insert("status".to_owned(), json!("IN_QUEUE"));
    body.insert("queue_position".to_owned(), json!(position));
    reply::with_request_id(reply::json(StatusCode::OK, &body.into()), &entry.id)
}
