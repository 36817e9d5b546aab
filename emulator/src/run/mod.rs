//! `fal.run`: synchronous runs, which answer with the output on the same connection (protocol §6). Event streams are on
//! the same host, and realtime, which is elsewhere in this program.

mod model;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};

use crate::protocol::{ApiError, Call};
use crate::queue::Queue;
use crate::tokens::Scope;
use crate::{own, random, reply};

/// Answers a request to `fal.run`.
pub(crate) async fn answer(queue: &Arc<Queue>, call: Call) -> Result<Response, ApiError> {
    let path = call.path.trim_matches('/').to_owned();
    queue.tokens.check_call(&call, Scope::Path(&path))?;
    match queue.apps.own(&path) {
        Some(endpoint) => {
            let response = own::answer(&queue.input_memory, call, endpoint).await;
            let response = response.into_response();
            Ok(reply::with_request_id(response, &random::uuid()))
        }
        None => model::run(queue, call, &path).await,
    }
}
