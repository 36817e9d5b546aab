//! What is asked about a request after the submit: status, result, cancel
//! (protocol §5.3, §5.5, §5.6).

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::entry::Entry;
use super::job::{Cancelled, Stage};
use super::outcome::Outcome;
use super::route::Action;
use super::status::{self, Logs};
use super::submit::with_request_id;
use crate::app::App;
use crate::call::Call;
use crate::reply;

pub(super) fn answer(
    app: &Arc<App>,
    call: &Call,
    name: &str,
    request_id: &str,
    action: Action,
) -> Response {
    let allowed = match action {
        Action::Cancel => Method::PUT,
        _ => Method::GET,
    };
    if call.method != allowed {
        return reply::wrong_method(if allowed == Method::PUT { "PUT" } else { "GET" });
    }
    let entry = app.queue.find(request_id);
    let Some(entry) = entry.filter(|entry| entry.belongs_to(name)) else {
        return unknown(action);
    };
    let response = match action {
        Action::Status => status(app, call, &entry),
        Action::Result => result(&entry),
        Action::Cancel => cancel(app, &entry),
        Action::StatusStream => reply::detail(
            StatusCode::NOT_FOUND,
            "The emulator has no status stream yet: poll the status instead",
        ),
        Action::Unknown => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
    };
    with_request_id(response, &entry)
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

fn status(app: &App, call: &Call, entry: &Entry) -> Response {
    // JavaScript asks with 1 and 0, Python with true and false.
    let logs = match call.parameter("logs").as_deref() {
        Some("1" | "true" | "True") => Logs::Given,
        _ => Logs::Left,
    };
    let position = app.queue.line().position(&entry.id).unwrap_or(0);
    let (code, fields) = entry.with_job(|job| status::of(job, position, logs));
    let mut body = status::links(entry, &call.base);
    body.extend(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    reply::json(code, &body.into())
}

fn result(entry: &Entry) -> Response {
    entry.with_job(|job| match job.stage() {
        Stage::Done { outcome, .. } => replay(outcome),
        _ => reply::detail(StatusCode::BAD_REQUEST, "Request is still in progress"),
    })
}

/// The stored answer of the model, with the headers that belong to it.
fn replay(outcome: &Outcome) -> Response {
    let mut response = reply::json(outcome.status, &outcome.body);
    let mut header = |name, value| {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, value);
    };
    header("x-fal-billable-units", outcome.billable_units.into());
    if let Some(failure) = &outcome.error {
        header("x-fal-needs-retry", HeaderValue::from_static("0"));
        if let Some(kind) = failure.kind {
            header("x-fal-error-type", HeaderValue::from_static(kind));
        }
    }
    response
}

fn cancel(app: &App, entry: &Entry) -> Response {
    let cancelled = entry.cancel();
    app.queue.line().leave(&entry.id);
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
