//! The calls of the inspector's page: details of requests, jobs and deliveries; clear, cancel, send again; faults.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PATH;
use crate::app::App;
use crate::storage::{self, Reader};
use crate::{body, queue, reply, webhook};

/// The largest fault, in bytes.
const LARGEST: usize = 64 << 10;

type Emulator = State<Arc<App>>;

pub(super) async fn exchange(State(app): Emulator, Path(id): Path<u64>) -> Response {
    let found = app.inspector.history.find(id);
    let detail = found.map(|exchange| app.inspector.detail(&exchange));
    found_or(detail, "This request is no longer in the record")
}

/// Every exchange in full, for an export.
pub(super) async fn exchanges(State(app): Emulator) -> Response {
    let kept = app.inspector.history.since(0).exchanges;
    let details = kept.iter().map(|exchange| app.inspector.detail(exchange));
    done(&details.collect())
}

pub(super) async fn clear(State(app): Emulator) -> Response {
    app.inspector.history.clear();
    done(&json!({ "cleared": true }))
}

pub(super) async fn job(State(app): Emulator, Path(id): Path<String>) -> Response {
    let found = app.queue.detail(&id);
    let detail = found.map(|job| app.inspector.job_detail(&job));
    found_or(detail, "The queue keeps no such job")
}

pub(super) async fn cancel_job(State(app): Emulator, Path(id): Path<String>) -> Response {
    let cancelled = queue::cancel(&app, &id);
    cancelled.unwrap_or_else(|| found_or(None, "The queue keeps no such job"))
}

pub(super) async fn delivery(State(app): Emulator, Path(id): Path<u64>) -> Response {
    let found = app.webhooks.ledger.find(id);
    let detail = found.map(|(delivery, view)| {
        let mut detail = app.inspector.delivery(&view);
        let body = app.queue.payload(&delivery.request_id);
        detail["body"] = app.inspector.delivery_body(body.as_deref());
        detail
    });
    found_or(detail, "This delivery is no longer in the record")
}

pub(super) async fn resend(State(app): Emulator, Path(id): Path<u64>) -> Response {
    if webhook::deliver_again(&app, id) {
        reply::json(StatusCode::ACCEPTED, &json!({ "resent": true }))
    } else {
        found_or(None, "This delivery is no longer in the record")
    }
}

pub(super) async fn add_fault(State(app): Emulator, request: Request) -> Response {
    let plan = match body::receive(request.into_body(), LARGEST).await {
        Ok(plan) => plan,
        Err(unread) => return unread.response(),
    };
    match app.faults.add_switch(&plan) {
        Ok(id) => reply::json(StatusCode::CREATED, &json!({ "id": id })),
        Err(problem) => reply::detail(StatusCode::UNPROCESSABLE_ENTITY, problem),
    }
}

/// The wanted position of a switch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switched {
    is_on: bool,
}

pub(super) async fn set_fault(
    State(app): Emulator,
    Path(id): Path<u32>,
    request: Request,
) -> Response {
    let asked = match body::receive(request.into_body(), LARGEST).await {
        Ok(asked) => asked,
        Err(unread) => return unread.response(),
    };
    let Ok(Switched { is_on }) = serde_json::from_slice(&asked) else {
        return reply::detail(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Expected {\"is_on\": true} or {\"is_on\": false}",
        );
    };
    let is_there = app.faults.set_switch(id, is_on);
    found_or(is_there.then(|| json!({ "is_on": is_on })), NO_FAULT)
}

const NO_FAULT: &str = "There is no such fault on the bench";

pub(super) async fn remove_fault(State(app): Emulator, Path(id): Path<u32>) -> Response {
    let is_there = app.faults.remove_switches(Some(id));
    found_or(is_there.then(|| json!({ "removed": true })), NO_FAULT)
}

pub(super) async fn remove_faults(State(app): Emulator) -> Response {
    app.faults.remove_switches(None);
    done(&json!({ "removed": true }))
}

/// A stored file. The request is not recorded and meets no faults. The reader counts as the owner of the file, as the
/// inspector's users are on the machine where the file is stored.
pub(super) async fn file(State(app): Emulator, mut request: Request<Body>) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix(PATH).unwrap_or(path);
    let Ok(uri) = path.parse() else {
        return found_or(None, "Not Found");
    };
    *request.uri_mut() = uri;
    storage::serve(&app.storage, request, Reader::Owner).await
}

fn done(answer: &Value) -> Response {
    reply::json(StatusCode::OK, answer)
}

fn found_or(answer: Option<Value>, otherwise: &str) -> Response {
    match answer {
        Some(answer) => done(&answer),
        None => reply::detail(StatusCode::NOT_FOUND, otherwise),
    }
}
