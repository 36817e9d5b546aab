//! The handlers of the control routes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::state::Control;
use crate::fault::Plan;
use crate::protocol::ApiError;
use crate::{body, reply};

/// The largest fault, hold or plan, in bytes.
const LARGEST: usize = 1 << 20;

type Controlled = State<Arc<Control>>;

pub(super) async fn add_fault(
    State(control): Controlled,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let body = body::receive(request.into_body(), LARGEST).await?;
    control.faults.queue(&body).map_err(ApiError::BadRequest)?;
    Ok(done(&json!({ "queued": true })))
}

pub(super) async fn clear_faults(State(control): Controlled) -> Response {
    control.faults.clear();
    done(&json!({ "cleared": true }))
}

pub(super) async fn follow_plan(
    State(control): Controlled,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let body = body::receive(request.into_body(), LARGEST).await?;
    let plan = Plan::parse(&body).map_err(ApiError::Unprocessable)?;
    control.faults.follow(plan);
    Ok(done(&control.faults.report()))
}

pub(super) async fn plan(State(control): Controlled) -> Response {
    done(&control.faults.report())
}

pub(super) async fn end_plan(State(control): Controlled) -> Response {
    let report = control.faults.report();
    control.faults.end_plan();
    done(&report)
}

pub(super) async fn set_hold(
    State(control): Controlled,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let body = body::receive(request.into_body(), LARGEST).await?;
    let id = control.holds.set(&body).map_err(ApiError::BadRequest)?;
    Ok(done(&json!({ "hold": id })))
}

pub(super) async fn holds(State(control): Controlled) -> Response {
    done(&control.holds.report())
}

pub(super) async fn release(State(control): Controlled, Path(id): Path<u32>) -> Response {
    release_holds(&control, Some(id))
}

pub(super) async fn release_all(State(control): Controlled) -> Response {
    release_holds(&control, None)
}

fn release_holds(control: &Control, id: Option<u32>) -> Response {
    control.holds.release(id);
    done(&json!({ "released": true }))
}

pub(super) async fn requests(State(control): Controlled) -> Response {
    done(&control.records.to_json())
}

pub(super) async fn clear_requests(State(control): Controlled) -> Response {
    control.records.clear();
    done(&json!({ "cleared": true }))
}

pub(super) async fn jobs(State(control): Controlled) -> Response {
    done(&control.jobs.summary())
}

fn done(answer: &Value) -> Response {
    reply::json(StatusCode::OK, answer)
}
