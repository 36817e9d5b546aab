//! Submit: accepts a job, and answers with the URLs of its follow-ups (protocol §5.1).
//!
//! The input is checked at once. If it is wrong, the submit succeeds, and the result has the error, as on the real
//! service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use fal_wasm::models::{self, kandinsky5};
use serde_json::json;

use super::entry::Entry;
use super::job::Stage;
use super::line::Priority;
use super::outcome::Outcome;
use super::terms::Terms;
use super::{echo, notify, retention, route, status, work};
use crate::app::App;
use crate::call::Call;
use crate::model::input;
use crate::own::Own;
use crate::{body, memory, reply, run};

/// The largest body, in bytes: the largest picture as a data URI, and room for the other fields.
pub(crate) const LARGEST_BODY: usize = 32 << 20;

pub(super) async fn answer(app: &Arc<App>, call: Call, endpoint: &str) -> Response {
    if Own::find(app, endpoint) == Some(Own::Echo) {
        return echo::answer(app, call, endpoint).await;
    }
    if !is_known(app, endpoint) {
        return run::no_such_app(app, endpoint);
    }
    if let Some(limit) = queue_limit(&call)
        && app.queue.waiting_for(endpoint) > limit
    {
        let text = format!(
            "The queue of {endpoint} holds more than the {limit} requests of fal_max_queue_length"
        );
        return reply::detail(StatusCode::TOO_MANY_REQUESTS, text);
    }
    let terms = Terms::of(&call);
    let (base, origin) = (call.base, call.origin);
    let input = match body::receive(call.body, LARGEST_BODY).await {
        Ok(body) => run::parse(&body),
        Err(unread) => return unread.response(),
    };
    match input {
        Ok(input) => {
            let share = match app.queue.take_memory(memory::of_object(&input)) {
                Ok(share) => share,
                Err(refused) => return *refused,
            };
            let entry = Entry::new(endpoint, origin, input).under(terms);
            let entry = Arc::new(entry.hold(share));
            admit(app, &entry);
            accepted(app, &entry, &base)
        }
        Err(detail) => {
            let outcome = Outcome::refused(&[detail]);
            reply::json(outcome.status, &outcome.body)
        }
    }
}

/// Whether the emulator serves the app of this endpoint, under any path. The queue accepts every request to such an app,
/// and the app refuses unknown paths itself.
pub(crate) fn is_known(app: &App, endpoint: &str) -> bool {
    let base = route::base(endpoint);
    let models = kandinsky5::MODELS.iter();
    let mut ids = models
        .map(|model| model.endpoint_id)
        .chain(app.endpoints.ids());
    Own::find(app, endpoint).is_some() || ids.any(|id| route::base(id) == base)
}

fn queue_limit(call: &Call) -> Option<usize> {
    call.parameter("fal_max_queue_length")?.parse().ok()
}

/// Adds a job to the queue. Starts the tasks that report its end to a webhook, and keep its result.
pub(super) fn enter(app: &Arc<App>, entry: &Arc<Entry>) {
    notify::when_done(app, entry);
    app.queue.add(entry);
    app.runtime
        .spawn(keep_at_its_end(Arc::clone(app), Arc::clone(entry)));
}

async fn keep_at_its_end(app: Arc<App>, entry: Arc<Entry>) {
    entry.ended.wait().await;
    let bytes = entry.with_job(|job| match job.stage() {
        Stage::Done { outcome, .. } => outcome.body_bytes(),
        _ => 0,
    });
    let time = retention::of(bytes, entry.terms.stored) / app.options.speed_up;
    app.queue.keep(&entry, Instant::now() + time);
}

fn admit(app: &Arc<App>, entry: &Arc<Entry>) {
    if entry.terms.priority == Priority::Low {
        entry.log("Queued with low priority: behind everything normal");
    }
    enter(app, entry);
    if let Some(refused) = refused(app, entry) {
        entry.finish(refused);
        return;
    }
    app.queue.line().join(&entry.id, entry.terms.priority);
    app.queue.moved();
    if let Some(timeout) = entry.terms.start_timeout {
        app.runtime
            .spawn(expire(Arc::clone(app), Arc::clone(entry), timeout));
    }
    work::start_next(app);
}

/// Ends a job that has not started within `timeout`.
async fn expire(app: Arc<App>, entry: Arc<Entry>, timeout: Duration) {
    tokio::select! {
        () = entry.ended.wait() => {}
        () = tokio::time::sleep(timeout) => {
            if entry.expire() {
                app.queue.line().leave(&entry.id);
                app.queue.moved();
            }
        }
    }
}

/// The outcome of a job whose model refuses the input, or does not exist. `None` for other jobs.
pub(super) fn refused(app: &App, entry: &Entry) -> Option<Outcome> {
    let problems = if let Some(endpoint) = app.endpoints.find(&entry.endpoint) {
        entry.with_input(|input| endpoint.problems(input))
    } else if let Some(model) = models::find(&entry.endpoint) {
        entry.with_input(|input| input::problems(model, input))
    } else {
        let path = entry.endpoint.strip_prefix(entry.base());
        let path = path.filter(|path| !path.is_empty()).unwrap_or("/");
        return Some(Outcome::no_such_path(path));
    };
    (!problems.is_empty()).then(|| Outcome::refused(&problems))
}

pub(super) fn accepted(app: &App, entry: &Entry, base: &str) -> Response {
    let position = app.queue.line().position(&entry.id).unwrap_or(0);
    let mut body = status::links(entry, base);
    body.insert("status".to_owned(), json!("IN_QUEUE"));
    body.insert("queue_position".to_owned(), json!(position));
    with_request_id(reply::json(StatusCode::OK, &body.into()), entry)
}

/// Adds the request id as a header, which every answer about a request has.
pub(super) fn with_request_id(response: Response, entry: &Entry) -> Response {
    let Ok(id) = HeaderValue::from_str(&entry.id) else {
        return response;
    };
    reply::with(response, HeaderName::from_static("x-fal-request-id"), id)
}
