//! The handlers of the control routes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Control;
use crate::app::App;
use crate::fault::Plan;
use crate::{body, reply};

/// The largest fault, hold or plan, in bytes.
const LARGEST: usize = 1 << 20;

pub(super) async fn add_fault(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let body = match read(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    match app.faults.queue(&body) {
        Ok(()) => done(&json!({ "queued": true })),
        Err(problem) => reply::detail(StatusCode::BAD_REQUEST, problem),
    }
}

pub(super) async fn clear_faults(State(app): State<Arc<App>>) -> Response {
    app.faults.clear();
    done(&json!({ "cleared": true }))
}

pub(super) async fn follow_plan(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let body = match read(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    match Plan::parse(&body) {
        Ok(plan) => {
            app.faults.follow(plan);
            done(&app.faults.report())
        }
        Err(problem) => reply::detail(StatusCode::UNPROCESSABLE_ENTITY, problem),
    }
}

pub(super) async fn plan(State(app): State<Arc<App>>) -> Response {
    done(&app.faults.report())
}

pub(super) async fn end_plan(State(app): State<Arc<App>>) -> Response {
    let report = app.faults.report();
    app.faults.end_plan();
    done(&report)
}

pub(super) async fn set_hold(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let body = match read(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let set = app.control.as_ref().map(|control| control.holds.set(&body));
    match set {
        Some(Err(problem)) => reply::detail(StatusCode::BAD_REQUEST, problem),
        set => done(&json!({ "hold": set.and_then(Result::ok) })),
    }
}

pub(super) async fn holds(State(app): State<Arc<App>>) -> Response {
    with(&app, |control| control.holds.report())
}

pub(super) async fn release(State(app): State<Arc<App>>, Path(id): Path<u32>) -> Response {
    released(&app, Some(id))
}

pub(super) async fn release_all(State(app): State<Arc<App>>) -> Response {
    released(&app, None)
}

fn released(app: &App, id: Option<u32>) -> Response {
    with(app, |control| {
        control.holds.release(id);
        json!({ "released": true })
    })
}

pub(super) async fn requests(State(app): State<Arc<App>>) -> Response {
    with(&app, |control| control.records.to_json())
}

pub(super) async fn clear_requests(State(app): State<Arc<App>>) -> Response {
    with(&app, |control| {
        control.records.clear();
        json!({ "cleared": true })
    })
}

pub(super) async fn jobs(State(app): State<Arc<App>>) -> Response {
    done(&app.queue.summary())
}

async fn read(request: Request<Body>) -> Result<Bytes, Box<Response>> {
    let body = body::receive(request.into_body(), LARGEST).await;
    body.map_err(|unread| Box::new(unread.response()))
}

fn done(answer: &Value) -> Response {
    reply::json(StatusCode::OK, answer)
}

fn with(app: &App, answer: impl FnOnce(&Control) -> Value) -> Response {
    match &app.control {
        Some(control) => done(&answer(control)),
        None => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}
