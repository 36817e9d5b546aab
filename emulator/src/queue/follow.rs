//! The follow-ups of a request: status, result, cancel (protocol §5.3, §5.5, §5.6).

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::entry::Entry;
use super::job::{Cancelled, Stage};
use super::jobs::Jobs;
use super::service::Queue;
use super::status::{self, Logs};
use super::watch;
use crate::protocol::{self, Action, Call, Outcome};
use crate::reply;
use crate::tokens::Scope;

pub(super) fn follow_up(
    queue: &Queue,
    call: &Call,
    name: &str,
    request_id: &str,
    action: Action,
) -> Response {
    if queue.is_strict && protocol::base(name) != Some(name) {
        return reply::wrong_method("POST");
    }
    let allowed = match action {
        Action::Cancel => Method::PUT,
        _ => Method::GET,
    };
    if call.method != allowed {
        return reply::wrong_method(if allowed == Method::PUT { "PUT" } else { "GET" });
    }
    if action == Action::StatusStream
        && let Err(refused) = queue.tokens.check_call(call, Scope::Request(name))
    {
        return refused.into_response();
    }
    let entry = queue.jobs.find(request_id);
    let Some(entry) = entry.filter(|entry| entry.belongs_to(name)) else {
        return unknown(action);
    };
    let response = match action {
        Action::Status => status(&queue.jobs, call, &entry),
        Action::Result => result(&entry),
        Action::Cancel => cancel(&queue.jobs, &entry),
        Action::StatusStream => watch::start(queue, call, &entry),
        Action::Unknown => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
    };
    reply::with_request_id(response, &entry.id)
}

fn unknown(action: Action) -> Response {
    match action {
        Action::Status | Action::StatusStream | Action::Cancel => {
            reply::json(StatusCode::NOT_FOUND, &json!({"status": "NOT_FOUND"}))
        }
        Action::Result | Action::Unknown => {
            reply::detail(StatusCode::NOT_FOUND, "Request not found")
        }
    }
}

fn status(jobs: &Jobs, call: &Call, entry: &Entry) -> Response {
    let (code, body) = status::report(jobs, &call.base, entry, Logs::wanted(call));
    reply::json(code, &body.into())
}

pub(super) fn result(entry: &Entry) -> Response {
    entry.with_job(|job| match job.stage() {
        Stage::Done { outcome, .. } => replay(outcome),
        _ => reply::detail(StatusCode::BAD_REQUEST, "Request is still in progress"),
    })
}

/// The answer of the result call: the stored outcome, with its headers.
pub(super) fn replay(outcome: &Outcome) -> Response {
    let mut response = body(outcome);
    let mut header = |name, value| {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, value);
    };
    if let Ok(units) = HeaderValue::try_from(outcome.billable_units.to_string()) {
        header("x-fal-billable-units", units);
    }
    if let Some(failure) = &outcome.error {
        header("x-fal-needs-retry", HeaderValue::from_static("0"));
        if let Some(kind) = failure.kind {
            header("x-fal-error-type", HeaderValue::from_static(kind));
        }
        if failure.is_own_deadline {
            let user = HeaderValue::from_static("user");
            header("x-fal-request-timeout-type", user);
        }
    }
    response
}

fn body(outcome: &Outcome) -> Response {
    let (Some(kind), Value::String(text)) = (&outcome.content_type, &outcome.body) else {
        return reply::json(outcome.status, &outcome.body);
    };
    let mut response = Response::new(Body::from(text.clone()));
    *response.status_mut() = outcome.status;
    reply::with(response, CONTENT_TYPE, kind.clone())
}

pub(super) fn cancel(jobs: &Jobs, entry: &Entry) -> Response {
    let cancelled = entry.cancel();
    jobs.line().leave(&entry.id);
    jobs.moved();
    match cancelled {
        Cancelled::TooLate => reply::json(
            StatusCode::BAD_REQUEST,
            &json!({"status": "ALREADY_COMPLETED"}),
        ),
        Cancelled::AtOnce | Cancelled::Signalled => reply::json(
            StatusCode::ACCEPTED,
            &json!({"status": "CANCELLATION_REQUESTED"}),
        ),
    }
}
