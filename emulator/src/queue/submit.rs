//! Submit: a job is taken, and the caller told where to follow it (protocol §5.1).
//!
//! The model's input is checked at once, but a refusal surfaces on the result, as it
//! does on the real service.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use fal_wasm::models::{self, kandinsky5};
use serde_json::{Map, Value, json};
use url::Url;

use super::entry::Entry;
use super::line::Priority;
use super::outcome::{Detail, Outcome};
use super::{route, status, work};
use crate::app::App;
use crate::call::Call;
use crate::model::input;
use crate::{body, reply};

/// A picture of the largest size taken, as a data URI, and room for the rest.
const LARGEST_BODY: usize = 32 << 20;

pub(super) async fn answer(app: &Arc<App>, call: Call, endpoint: &str) -> Response {
    if !is_known(endpoint) {
        let name = route::alias(endpoint);
        let text = format!("Application \"{name}\" not found");
        return reply::detail(StatusCode::NOT_FOUND, text);
    }
    if let Some(limit) = queue_limit(&call)
        && app.queue.line().len() > limit
    {
        let text =
            format!("The queue holds more than the {limit} requests of fal_max_queue_length");
        return reply::detail(StatusCode::TOO_MANY_REQUESTS, text);
    }
    let priority = priority(&call);
    let webhook = call.parameter("fal_webhook");
    let (base, origin) = (call.base, call.origin);
    let input = match body::receive(call.body, LARGEST_BODY).await {
        Ok(body) => parse(&body),
        Err(unread) => return unread.response(),
    };
    match input {
        Ok(input) => {
            let entry = Arc::new(Entry::new(endpoint, origin, input));
            admit(app, &entry, priority, webhook.as_deref());
            accepted(app, &entry, &base)
        }
        Err(detail) => {
            let outcome = Outcome::refused(&[detail]);
            reply::json(outcome.status, &outcome.body)
        }
    }
}

/// Whether an app is served at all, under any path: the queue takes whatever is sent to
/// such an app, and the app itself refuses.
fn is_known(endpoint: &str) -> bool {
    kandinsky5::MODELS
        .iter()
        .any(|model| route::base(model.endpoint_id) == route::base(endpoint))
}

fn priority(call: &Call) -> Priority {
    match call.header("x-fal-queue-priority") {
        Some("low") => Priority::Low,
        _ => Priority::Normal,
    }
}

fn queue_limit(call: &Call) -> Option<usize> {
    call.parameter("fal_max_queue_length")?.parse().ok()
}

fn parse(body: &[u8]) -> Result<Map<String, Value>, Detail> {
    if body.is_empty() {
        return Err(Detail::new("missing", "Field required"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(input)) => Ok(input),
        Ok(other) => {
            let message = "Input should be a JSON object";
            Err(Detail::new("dict_type", message).input(&other))
        }
        Err(error) => {
            let message = format!("The body is not valid JSON: {error}");
            Err(Detail::new("json_invalid", message))
        }
    }
}

fn admit(app: &Arc<App>, entry: &Arc<Entry>, priority: Priority, webhook: Option<&str>) {
    if priority == Priority::Low {
        entry.log("Queued with low priority: behind everything normal");
    }
    if let Some(webhook) = webhook {
        let url = Url::parse(webhook).ok();
        let host = url
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or("an invalid URL");
        entry.log(format!(
            "The emulator delivers no webhooks yet: nothing will be sent to {host}"
        ));
    }
    app.queue.add(entry);
    if let Some(refused) = refused(entry) {
        entry.finish(refused);
        return;
    }
    app.queue.line().join(&entry.id, priority);
    work::start_next(app);
}

/// The end of a job whose model refuses its input, or does not exist.
fn refused(entry: &Entry) -> Option<Outcome> {
    let Some(model) = models::find(&entry.endpoint) else {
        let path = entry.endpoint.strip_prefix(entry.base());
        let path = path.filter(|path| !path.is_empty()).unwrap_or("/");
        return Some(Outcome::no_such_path(path));
    };
    let problems = entry.with_input(|input| input::problems(model, input));
    (!problems.is_empty()).then(|| Outcome::refused(&problems))
}

fn accepted(app: &App, entry: &Entry, base: &str) -> Response {
    let position = app.queue.line().position(&entry.id).unwrap_or(0);
    let mut body = status::links(entry, base);
    body.insert("status".to_owned(), json!("IN_QUEUE"));
    body.insert("queue_position".to_owned(), json!(position));
    with_request_id(reply::json(StatusCode::OK, &body.into()), entry)
}

/// Every answer about a request names it in a header too.
pub(super) fn with_request_id(response: Response, entry: &Entry) -> Response {
    let Ok(id) = HeaderValue::from_str(&entry.id) else {
        return response;
    };
    reply::with(response, HeaderName::from_static("x-fal-request-id"), id)
}
