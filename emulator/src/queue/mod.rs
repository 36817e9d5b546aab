//! The queue. Jobs wait in line, and a few run at the same time. Results are kept as long as the service keeps them, and
//! as long as the memory suffices.
//!
//! `route` parses a path, `submit` and `follow` answer, `job`, `line` and `kept` make the decisions, and `work` runs the
//! jobs. A job's lock is never held together with the line's.

mod cancel;
mod direct;
mod echo;
mod entry;
mod follow;
mod infrastructure;
mod inspect;
mod job;
mod kept;
mod line;
mod notify;
mod outcome;
mod retention;
mod route;
mod status;
mod submit;
mod terms;
mod watch;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::watch::{Receiver, Sender};

pub(crate) use cancel::Cancel;
pub(crate) use direct::{Direct, run};
pub(crate) use infrastructure::Kind;
pub(crate) use inspect::{JobDetail, JobView, StageView, cancel};
pub(crate) use outcome::{Detail, Failure, Outcome};
pub(crate) use route::{Action, Route, alias, base};
pub(crate) use submit::{LARGEST_BODY, is_known};

use crate::app::App;
use crate::budget::{Budget, Full, Share};
use crate::call::Call;
use crate::reply;
use entry::Entry;
use kept::Kept;
use line::Line;

/// All jobs that are not forgotten, and the line.
#[derive(Debug)]
pub(crate) struct Queue {
    jobs: Mutex<HashMap<String, Arc<Entry>>>,
    /// The memory of inputs. Each holds its share from the submit to the end of its job.
    inputs: Arc<Budget>,
    kept: Mutex<Kept>,
    /// Notified when another ended job is kept.
    kept_more: Notify,
    line: Mutex<Line>,
    moves: Sender<()>,
}

impl Queue {
    /// An empty queue. The inputs may take `memory_limit_bytes`, and the results as many again.
    pub(crate) fn new(slots: usize, memory_limit_bytes: u64) -> Self {
        Self {
            jobs: Mutex::default(),
            inputs: Budget::new(memory_limit_bytes, 0),
            kept: Mutex::new(Kept::new(memory_limit_bytes)),
            kept_more: Notify::new(),
            line: Mutex::new(Line::new(slots)),
            moves: Sender::default(),
        }
    }

    /// Cancels all jobs.
    pub(crate) fn cancel_all(&self) {
        let jobs: Vec<_> = lock(&self.jobs).values().cloned().collect();
        for entry in jobs {
            entry.cancel();
        }
    }

    /// The summaries of all jobs.
    pub(crate) fn summary(&self) -> Value {
        let jobs: Vec<_> = lock(&self.jobs).values().cloned().collect();
        jobs.iter().map(|entry| entry.summary()).collect()
    }

    /// Whether any job holds a slot.
    pub(crate) fn is_working(&self) -> bool {
        self.line().is_working()
    }

    fn find(&self, request_id: &str) -> Option<Arc<Entry>> {
        lock(&self.jobs).get(request_id).cloned()
    }

    fn add(&self, entry: &Arc<Entry>) {
        lock(&self.jobs).insert(entry.id.clone(), Arc::clone(entry));
    }

    /// Takes the memory for an input. The error is the answer to its sender.
    pub(crate) fn take_memory(&self, bytes: u64) -> Result<Share, Box<Response>> {
        Share::of(&self.inputs, bytes).map_err(|Full| {
            let text = format!(
                "The inputs of the requests that are not done take all the memory that they \
                 may, {} bytes: send it again when some are done, or start the emulator with a \
                 larger --memory-limit",
                self.inputs.limit_bytes()
            );
            Box::new(reply::detail(StatusCode::TOO_MANY_REQUESTS, text))
        })
    }

    /// The body of the webhook of a job that has ended. `None` once the job is forgotten.
    pub(crate) fn payload(&self, request_id: &str) -> Option<Bytes> {
        notify::payload(&*self.find(request_id)?)
    }

    /// Keeps a job that has ended until `until`. Older ones may be dropped for it.
    fn keep(&self, entry: &Entry, until: Instant) {
        let gone = lock(&self.kept).add(kept::Request {
            id: entry.id.clone(),
            bytes: entry.kept_bytes(),
            until,
        });
        self.kept_more.notify_one();
        if !gone.is_empty() {
            tracing::warn!(
                "{} old results are forgotten, as all take more memory than --memory-limit",
                gone.len()
            );
        }
        for id in &gone {
            self.forget(id);
        }
    }

    fn forget_expired(&self) {
        let gone = lock(&self.kept).take_expired(Instant::now());
        for id in &gone {
            self.forget(id);
        }
    }

    /// The number of jobs in line of the same app as `endpoint`.
    fn waiting_for(&self, endpoint: &str) -> usize {
        let waiting: Vec<_> = self.line().ids().map(str::to_owned).collect();
        let entries = waiting.iter().filter_map(|id| self.find(id));
        let app = route::base(endpoint);
        entries
            .filter(|entry| route::base(&entry.endpoint) == app)
            .count()
    }

    fn forget(&self, request_id: &str) {
        lock(&self.jobs).remove(request_id);
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        lock(&self.line)
    }

    fn next(&self) -> Option<Arc<Entry>> {
        loop {
            let id = self.line().next()?;
            if let Some(entry) = self.find(&id) {
                self.moved();
                return Some(entry);
            }
            // Its caller left after it was taken from the line, so it needs no slot.
            self.line().free();
        }
    }

    /// Notifies the watchers of places in line that these may have changed.
    fn moved(&self) {
        self.moves.send_replace(());
    }

    /// A receiver that is notified whenever places in line may have changed.
    fn moves(&self) -> Receiver<()> {
        self.moves.subscribe()
    }
}

/// Ignores poisoning: the queue's data is consistent after every statement, and a panic in one job must not end all
/// others.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Forgets each request when its time is over, until the emulator ends.
pub(crate) async fn forget_in_time(app: Arc<App>) {
    loop {
        let next = lock(&app.queue.kept).next_end();
        let is_over = async {
            match next {
                Some(end) => tokio::time::sleep_until(end.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = app.ending.wait() => return,
            () = app.queue.kept_more.notified() => {}
            () = is_over => app.queue.forget_expired(),
        }
    }
}

/// Answers a request to `queue.fal.run`.
pub(crate) async fn answer(app: &Arc<App>, call: Call) -> Response {
    let path = call.path.clone();
    match Route::of(&path) {
        None => reply::detail(StatusCode::NOT_FOUND, "Not Found"),
        Some(Route::Submit(_)) if call.method != Method::POST => reply::wrong_method("POST"),
        Some(Route::Submit(endpoint)) => submit::answer(app, call, endpoint).await,
        Some(Route::FollowUp {
            app: name,
            request_id,
            action,
        }) => follow::answer(app, &call, name, request_id, action),
    }
}

/// Whether a path is that of a follow-up: status, result or cancel.
pub(crate) fn is_follow_up(path: &str) -> bool {
    matches!(Route::of(path), Some(Route::FollowUp { .. }))
}
