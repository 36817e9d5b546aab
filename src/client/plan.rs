//! A call before it begins, and its good end.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::{
    body_reader::BodyReader, config::Config, error::Error, handle::RequestHandle, http::Parts,
    progress::Timings, reply::Reply, status::Status,
};
use crate::engine::{Goal, Settings, Target};

/// A call before it begins.
pub(super) struct Plan {
    pub(super) config: Arc<Config>,
    pub(super) goal: Goal,
    pub(super) target: Target,
    pub(super) settings: Settings,
    /// Of the first request.
    pub(super) parts: Parts,
    /// The endpoint, as the caller named it.
    pub(super) endpoint_id: String,
    /// The request, if it was submitted before.
    pub(super) handle: Option<RequestHandle>,
}

/// The good end of a call.
pub(super) struct Outcome {
    /// The last answer.
    pub(super) reply: Reply,
    /// The body, if the caller reads it as a stream.
    pub(super) body: Option<BodyReader>,
    /// The request, if the call was about one.
    pub(super) handle: Option<RequestHandle>,
    /// Its last status.
    pub(super) status: Option<Status>,
    pub(super) timings: Timings,
}

/// Performs a call.
pub(super) type Perform = fn(Plan) -> LocalBoxFuture<'static, Result<Outcome, Error>>;
