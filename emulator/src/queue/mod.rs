//! The queue: jobs in line, two at work, results kept for as long as the emulator runs.
//!
//! `route` understands a path, `submit` and `follow` answer, `job` and `line` decide,
//! `work` performs. A job's lock is never held together with the line's.

mod cancel;
mod entry;
mod follow;
mod job;
mod line;
mod outcome;
mod route;
mod status;
mod submit;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{Method, StatusCode};
use axum::response::Response;

pub(crate) use cancel::Cancel;
pub(crate) use outcome::{Detail, Outcome};

use crate::app::App;
use crate::call::Call;
use crate::reply;
use entry::Entry;
use line::Line;
use route::Route;

/// Every job since the start, and the line.
#[derive(Debug)]
pub(crate) struct Queue {
    jobs: Mutex<HashMap<String, Arc<Entry>>>,
    line: Mutex<Line>,
}

impl Queue {
    /// An empty queue with so many slots.
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            jobs: Mutex::default(),
            line: Mutex::new(Line::new(slots)),
        }
    }

    /// Stops whatever is waiting or at work.
    pub(crate) fn cancel_all(&self) {
        let jobs: Vec<_> = lock(&self.jobs).values().cloned().collect();
        for entry in jobs {
            entry.cancel();
        }
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

    fn line(&self) -> MutexGuard<'_, Line> {
        lock(&self.line)
    }

    fn next(&self) -> Option<Arc<Entry>> {
        let id = self.line().next()?;
        self.find(&id)
    }
}

/// A poisoned lock is taken all the same: the queue's data is whole after every
/// statement, and one panic must not take every other job along.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Whether a path is one of a request's status, result or cancel.
pub(crate) fn is_follow_up(path: &str) -> bool {
    matches!(Route::of(path), Some(Route::FollowUp { .. }))
}
