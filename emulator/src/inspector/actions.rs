//! The calls of the inspector's page: details of requests, jobs and deliveries; clear, cancel, send again; faults.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::PATH;
use super::emulator::Emulator;
use crate::protocol::ApiError;
use crate::queue::Jobs;
use crate::storage::{self, Reader};
use crate::webhook::Payloads;
use crate::{body, queue, reply, webhook};

/// The largest fault, in bytes.
const LARGEST: usize = 64 << 10;

type Inspected = State<Arc<Emulator>>;
type Answered = Result<Response, ApiError>;

pub(super) async fn exchange(State(emulator): Inspected, Path(id): Path<u64>) -> Answered {
    let found = emulator.record.history.find(id);
    let detail = found.map(|exchange| emulator.record.detail(&exchange));
    found_or(detail, "This request is no longer in the record")
}

/// Every exchange in full, for an export.
pub(super) async fn exchanges(State(emulator): Inspected) -> Response {
    let kept = emulator.record.history.since(0).exchanges;
    let details = kept.iter().map(|exchange| emulator.record.detail(exchange));
    done(&details.collect())
}

pub(super) async fn clear(State(emulator): Inspected) -> Response {
    emulator.record.history.clear();
    done(&json!({ "cleared": true }))
}

pub(super) async fn job(State(emulator): Inspected, Path(id): Path<String>) -> Answered {
    let found = emulator.jobs.detail(&id);
    let detail = found.map(|job| emulator.record.job_detail(&job));
    found_or(detail, "The queue keeps no such job")
}

pub(super) async fn cancel_job(State(emulator): Inspected, Path(id): Path<String>) -> Answered {
    let cancelled = queue::cancel(&emulator.jobs, &id);
    cancelled.ok_or_else(|| ApiError::NotFound("The queue keeps no such job".to_owned()))
}

pub(super) async fn delivery(State(emulator): Inspected, Path(id): Path<u64>) -> Answered {
    let found = emulator.webhooks.ledger.find(id);
    let detail = found.map(|(delivery, view)| {
        let mut detail = emulator.record.delivery(&view);
        let body = emulator.jobs.payload(&delivery.request_id);
        detail["body"] = emulator.record.delivery_body(body.as_deref());
        detail
    });
    found_or(detail, "This delivery is no longer in the record")
}

pub(super) async fn resend(State(emulator): Inspected, Path(id): Path<u64>) -> Answered {
    let payloads = Arc::<Jobs>::clone(&emulator.jobs);
    if webhook::deliver_again(&emulator.webhooks, payloads, id) {
        Ok(reply::json(
            StatusCode::ACCEPTED,
            &json!({ "resent": true }),
        ))
    } else {
        found_or(None, "This delivery is no longer in the record")
    }
}

pub(super) async fn add_fault(State(emulator): Inspected, request: Request) -> Answered {
    let plan = body::receive(request.into_body(), LARGEST).await?;
    let id = emulator.faults.add_switch(&plan);
    let id = id.map_err(ApiError::Unprocessable)?;
    Ok(reply::json(StatusCode::CREATED, &json!({ "id": id })))
}

/// The wanted position of a switch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switched {
    is_on: bool,
}

pub(super) async fn set_fault(
    State(emulator): Inspected,
    Path(id): Path<u32>,
    request: Request,
) -> Answered {
    let asked = body::receive(request.into_body(), LARGEST).await?;
    let Ok(Switched { is_on }) = serde_json::from_slice(&asked) else {
        let text = "Expected {\"is_on\": true} or {\"is_on\": false}";
        return Err(ApiError::Unprocessable(text.to_owned()));
    };
    let is_there = emulator.faults.set_switch(id, is_on);
    found_or(is_there.then(|| json!({ "is_on": is_on })), NO_FAULT)
}

const NO_FAULT: &str = "There is no such fault on the bench";

pub(super) async fn remove_fault(State(emulator): Inspected, Path(id): Path<u32>) -> Answered {
    let is_there = emulator.faults.remove_switches(Some(id));
    found_or(is_there.then(|| json!({ "removed": true })), NO_FAULT)
}

pub(super) async fn remove_faults(State(emulator): Inspected) -> Response {
    emulator.faults.remove_switches(None);
    done(&json!({ "removed": true }))
}

/// A stored file. The request is not recorded and meets no faults. The reader counts as the owner of the file, as the
/// inspector's users are on the machine where the file is stored.
pub(super) async fn file(State(emulator): Inspected, mut request: Request<Body>) -> Answered {
    let path = request.uri().path();
    let path = path.strip_prefix(PATH).unwrap_or(path);
    let Ok(uri) = path.parse() else {
        return found_or(None, "Not Found");
    };
    *request.uri_mut() = uri;
    Ok(storage::serve(&emulator.storage, request, Reader::Owner).await)
}

fn done(answer: &Value) -> Response {
    reply::json(StatusCode::OK, answer)
}

/// The answer with what was found. If nothing was, the refusal `otherwise`.
fn found_or(answer: Option<Value>, otherwise: &str) -> Answered {
    let answer = answer.ok_or_else(|| ApiError::NotFound(otherwise.to_owned()))?;
    Ok(done(&answer))
}
