//! The status of a job in the service's format (protocol §5.3). The service has no FAILED and no CANCELLED: a failed or
//! cancelled job is COMPLETED, with an `error`.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::entry::Entry;
use super::job::{Job, LogLine, Stage};
use super::jobs::Jobs;
use crate::protocol::Call;

/// Whether a reply has the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logs {
    Given,
    Left,
}

impl Logs {
    /// Reads the query parameter `logs`. The JavaScript client sends 1 and 0, the Python client true and false.
    pub(super) fn wanted(call: &Call) -> Self {
        match call.parameter("logs").as_deref() {
            Some("1" | "true" | "True") => Self::Given,
            _ => Self::Left,
        }
    }
}

/// The ids and URLs in every reply about a request. The URLs name the base app, like the service's.
pub(super) fn links(entry: &Entry, base: &str) -> Map<String, Value> {
    let request = format!("{base}/{}/requests/{}", entry.base(), entry.id);
    let mut body = Map::new();
    for (name, value) in [
        ("request_id", entry.id.clone()),
        ("gateway_request_id", entry.id.clone()),
        ("status_url", format!("{request}/status")),
        ("cancel_url", format!("{request}/cancel")),
        ("response_url", request),
    ] {
        body.insert(name.to_owned(), value.into());
    }
    body
}

/// The status of a request: the body of the status reply and of status events, and the HTTP status of the reply.
pub(super) fn report(
    jobs: &Jobs,
    base: &str,
    entry: &Entry,
    logs: Logs,
) -> (StatusCode, Map<String, Value>) {
    let position = jobs.line().position(&entry.id).unwrap_or(0);
    let (code, fields) = entry.with_job(|job| of(job, position, logs));
    let mut body = links(entry, base);
    body.extend(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    (code, body)
}

/// The HTTP status of the status call, and the fields beside the links. `position` is the number of jobs before this one
/// in line.
fn of(job: &Job, position: usize, logs: Logs) -> (StatusCode, Vec<(&'static str, Value)>) {
    let log = match logs {
        Logs::Given => job.logs().iter().map(line).collect(),
        Logs::Left => Value::Null,
    };
    match job.stage() {
        Stage::Waiting => (
            StatusCode::ACCEPTED,
            vec![
                ("status", json!("IN_QUEUE")),
                ("queue_position", json!(position)),
                ("logs", log),
                ("metrics", json!({})),
            ],
        ),
        Stage::Working { .. } => (
            StatusCode::ACCEPTED,
            vec![
                ("status", json!("IN_PROGRESS")),
                ("logs", log),
                ("metrics", json!({})),
            ],
        ),
        Stage::Done { worked, outcome } => {
            let mut body = vec![
                ("status", json!("COMPLETED")),
                ("logs", log),
                ("metrics", json!({ "inference_time": worked.as_secs_f64() })),
            ];
            if let Some(failure) = &outcome.error {
                body.push(("error", json!(failure.text)));
                body.extend(failure.kind.map(|kind| ("error_type", json!(kind))));
            }
            (StatusCode::OK, body)
        }
    }
}

fn line(line: &LogLine) -> Value {
    json!({
        "message": line.message,
        "level": "INFO",
        "source": "USER",
        "timestamp": line.timestamp,
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::protocol::Outcome;

    fn body(job: &Job, logs: Logs) -> (u16, Value) {
        let (status, fields) = of(job, 3, logs);
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        (status.as_u16(), Value::Object(fields.collect()))
    }

    #[test]
    fn a_job_in_line_has_a_position_and_one_at_work_has_none() {
        let mut job = Job::new();
        let (status, queued) = body(&job, Logs::Left);
        assert_eq!(status, 202);
        assert_eq!(queued["status"], "IN_QUEUE");
        assert_eq!(queued["queue_position"], 3);
        assert_eq!(queued["logs"], Value::Null);

        job.start(Instant::now());
        let (status, working) = body(&job, Logs::Given);
        assert_eq!(status, 202);
        assert_eq!(working["status"], "IN_PROGRESS");
        assert_eq!(working.get("queue_position"), None);
        assert_eq!(working["logs"], json!([]));
    }

    #[test]
    fn a_job_that_is_done_tells_how_long_it_worked() {
        let now = Instant::now();
        let mut job = Job::new();
        job.start(now);
        job.finish(
            now + Duration::from_millis(1500),
            Outcome::output(json!({}), 1.0),
        );
        let (status, done) = body(&job, Logs::Left);
        assert_eq!(status, 200);
        assert_eq!(done["status"], "COMPLETED");
        assert_eq!(done["metrics"]["inference_time"], 1.5);
        assert_eq!(done.get("error"), None);
    }

    #[test]
    fn a_cancelled_job_is_completed_with_an_error() {
        let mut job = Job::new();
        job.cancel();
        let (_, done) = body(&job, Logs::Left);
        assert_eq!(done["status"], "COMPLETED");
        assert_eq!(done["error_type"], "client_cancelled");
        assert!(done["error"].as_str().is_some_and(|text| !text.is_empty()));
    }
}
