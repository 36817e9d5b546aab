//! The queue. Jobs wait in line, and a few run at the same time. Results are kept as long as the service keeps them, and
//! as long as the memory suffices.
//!
//! `submit` and `follow` answer, `job`, `line` and `kept` make the decisions, and `work` runs the jobs. A job's lock is
//! never held together with the line's.

mod direct;
mod echo;
mod entry;
mod follow;
mod inspect;
mod job;
mod jobs;
mod kept;
mod line;
mod notify;
mod retention;
mod service;
mod status;
mod submit;
mod terms;
mod watch;
mod work;

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;

pub(crate) use direct::{Direct, run};
pub(crate) use inspect::{JobDetail, JobView, StageView, cancel};
pub(crate) use jobs::{Jobs, forget_in_time};
pub(crate) use service::Queue;

use crate::own::Own;
use crate::protocol::{ApiError, Call, Route};

/// Answers a request to `queue.fal.run`.
pub(crate) async fn answer(queue: &Arc<Queue>, call: Call) -> Result<Response, ApiError> {
    let path = call.path.clone();
    match Route::of(&path) {
        None => Err(ApiError::no_such_path()),
        Some(Route::Submit(_)) if call.method != Method::POST => {
            Err(ApiError::MethodNotAllowed("POST"))
        }
        Some(Route::Submit(endpoint)) if queue.apps.own(endpoint) == Some(Own::Echo) => {
            echo::submit(queue, call, endpoint).await
        }
        Some(Route::Submit(endpoint)) => submit::submit(queue, call, endpoint).await,
        Some(Route::FollowUp {
            app: name,
            request_id,
            action,
        }) => Ok(follow::follow_up(queue, &call, name, request_id, action)),
    }
}
