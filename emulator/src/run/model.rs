//! A synchronous run of a model (protocol §6). It takes a slot like a job of the queue. If all slots are taken, it is
//! refused, unless the caller set a time to wait.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use fal_wasm::models;
use serde_json::{Map, Value};

use crate::body;
use crate::protocol::{ApiError, Call, LARGEST_BODY, input};
use crate::queue::{self, Direct, Queue};
use crate::storage::Wish;

pub(super) async fn run(
    queue: &Arc<Queue>,
    call: Call,
    endpoint: &str,
) -> Result<Response, ApiError> {
    queue.apps.check(endpoint)?;
    let patience = patience(&call).map_err(ApiError::BadRequest)?;
    let (origin, caller) = (call.origin.clone(), call.caller);
    let wish = Wish::of(&call.headers);
    let direct = Direct {
        endpoint,
        origin,
        caller,
        input: read_input(queue, call, endpoint).await?,
        wish,
        patience,
    };
    queue::run(queue, direct).await
}

/// The time that the caller waits for the start. If both headers are sent, the newer name wins (protocol §5.2).
fn patience(call: &Call) -> Result<Option<Duration>, String> {
    for name in ["x-fal-request-start-timeout", "x-fal-request-timeout"] {
        let Some(text) = call.header(name) else {
            continue;
        };
        let seconds = text.parse().ok();
        let seconds = seconds.filter(|seconds: &f64| *seconds > 0.0);
        let patience = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        return patience
            .map(Some)
            .ok_or_else(|| format!("{name} must be seconds, more than 0, not \"{text}\""));
    }
    Ok(None)
}

async fn read_input(
    queue: &Queue,
    call: Call,
    endpoint: &str,
) -> Result<Map<String, Value>, ApiError> {
    if input::is_in_query(&call.method) {
        return Ok(of_query(queue, &call.query, endpoint));
    }
    let body = body::receive(call.body, LARGEST_BODY).await?;
    Ok(input::parse(&body)?)
}

fn of_query(queue: &Queue, query: &str, endpoint: &str) -> Map<String, Value> {
    if let Some(endpoint) = queue.apps.endpoints.find(endpoint) {
        return endpoint.convert_text(input::from_query(query));
    }
    models::find(endpoint).map_or_else(Map::new, |model| input::of_model(query, model))
}
