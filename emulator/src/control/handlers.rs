//! The control routes themselves.

use std::sync::{Arc, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::Control;
use super::fault::Fault;
use crate::app::App;
use crate::{body, reply};

const LARGEST_FAULT: usize = 1 << 20;

pub(super) async fn add_fault(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let body = match body::receive(request.into_body(), LARGEST_FAULT).await {
        Ok(body) => body,
        Err(unread) => return unread.response(),
    };
    let fault: Fault = match serde_json::from_slice(&body) {
        Ok(fault) => fault,
        Err(error) => {
            let text = format!("Not a fault: {error}");
            return reply::detail(StatusCode::BAD_REQUEST, text);
        }
    };
    if let Some(problem) = fault.problem() {
        return reply::detail(StatusCode::BAD_REQUEST, problem);
    }
    with(&app, |control| {
        let faults = &control.faults;
        faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(fault);
        json!({ "queued": true })
    })
}

pub(super) async fn clear_faults(State(app): State<Arc<App>>) -> Response {
    with(&app, |control| {
        let faults = &control.faults;
        faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        json!({ "cleared": true })
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

fn with(app: &App, answer: impl FnOnce(&Control) -> Value) -> Response {
    match &app.control {
        Some(control) => reply::json(StatusCode::OK, &answer(control)),
        None => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}
