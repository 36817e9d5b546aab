//! `fal.run`: synchronous runs, which answer with the output on the same connection (protocol §6). Event streams and
//! realtime are on the same host.

mod input;
mod model;

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

pub(crate) use input::{from_query, parse};

use crate::app::App;
use crate::call::Call;
use crate::own::Own;
use crate::tokens::{self, Scope};
use crate::{own, random, realtime, reply};

/// Answers a request to `fal.run`.
pub(crate) async fn answer(app: &Arc<App>, call: Call) -> Response {
    let path = call.path.trim_matches('/').to_owned();
    if call.socket.is_some() {
        return realtime::answer(app, call, &path);
    }
    if let Some(refused) = tokens::refusal(app, &call, Scope::Path(&path)) {
        return refused.response();
    }
    match Own::find(app, &path) {
        Some(endpoint) => with_request_id(own::answer(app, call, endpoint).await, &random::uuid()),
        None => model::answer(app, call, &path).await,
    }
}

/// The answer to a call of an app that does not exist. It is fal's, so advice goes to the terminal.
pub(crate) fn no_such_app(app: &App, endpoint: &str) -> Response {
    // The debug format escapes control characters, which would change the terminal.
    app.notices.show(&format!(
        "no application {endpoint:?}: describe its answers in a JSON file, and start with --endpoints DIR"
    ));
    let name = crate::queue::alias(endpoint);
    let text = format!("Application \"{name}\" not found");
    reply::detail(StatusCode::NOT_FOUND, text)
}

/// Adds the request id as a header, as the queue's answers have it.
fn with_request_id(response: Response, id: &str) -> Response {
    let Ok(id) = HeaderValue::from_str(id) else {
        return response;
    };
    reply::with(response, HeaderName::from_static("x-fal-request-id"), id)
}
