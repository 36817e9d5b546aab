//! Holds: a request, or a job at a line of its log, waits until a test releases it. So a test can examine that state
//! for as long as it needs, on fast and slow machines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cancel::Cancel;
use crate::fault::Call;

/// The holds that are set.
#[derive(Debug, Default)]
pub(crate) struct Holds(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_id: u32,
    holds: Vec<Arc<Hold>>,
}

/// One hold. It stops every request or job that it matches, until it is released.
#[derive(Debug)]
struct Hold {
    id: u32,
    about: About,
    waiting: AtomicUsize,
    released: Cancel,
}

/// The requests or jobs that a hold stops.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, untagged)]
enum About {
    /// Jobs that have just logged a line that contains this text.
    Jobs { log_contains: String },
    /// Requests, before they are processed.
    Requests {
        method: Option<String>,
        /// A part of the path and query. For proxied requests, of the target's.
        path_contains: String,
    },
}

impl About {
    fn is_request(&self, call: &Call) -> bool {
        let Self::Requests {
            method,
            path_contains,
        } = self
        else {
            return false;
        };
        let is_method = match method {
            Some(wanted) => wanted.eq_ignore_ascii_case(&call.method),
            None => !call.is_aside(),
        };
        is_method && call.text.contains(path_contains)
    }

    fn is_line(&self, line: &str) -> bool {
        matches!(self, Self::Jobs { log_contains } if line.contains(log_contains))
    }
}

impl Holds {
    /// Sets a hold, given as JSON, and returns its id. The error names the mistake in the JSON.
    pub(crate) fn set(&self, json: &[u8]) -> Result<u32, String> {
        let about: About = serde_json::from_slice(json).map_err(|_| {
            "Not a hold: give path_contains, and method if you like, or log_contains".to_owned()
        })?;
        let mut state = self.0.lock();
        state.last_id += 1;
        let id = state.last_id;
        state.holds.push(Arc::new(Hold {
            id,
            about,
            waiting: AtomicUsize::new(0),
            released: Cancel::default(),
        }));
        Ok(id)
    }

    /// Each hold, and how many requests or jobs wait at it.
    pub(crate) fn report(&self) -> Value {
        let state = self.0.lock();
        let holds = state.holds.iter();
        holds
            .map(|hold| json!({ "hold": hold.id, "waiting": hold.waiting.load(Ordering::SeqCst) }))
            .collect()
    }

    /// Removes one hold, or all of them. The requests and jobs that wait there go on.
    pub(crate) fn release(&self, id: Option<u32>) {
        let mut state = self.0.lock();
        state.holds.retain(|hold| {
            let is_meant = id.is_none_or(|id| id == hold.id);
            if is_meant {
                hold.released.set();
            }
            !is_meant
        });
    }

    /// Waits while a hold stops this request.
    pub(crate) async fn request(&self, call: &Call) {
        while let Some(hold) = self.find(|about| about.is_request(call)) {
            hold.wait().await;
        }
    }

    /// Waits while a hold stops a job that has logged this line.
    pub(crate) async fn job(&self, line: &str) {
        while let Some(hold) = self.find(|about| about.is_line(line)) {
            hold.wait().await;
        }
    }

    fn find(&self, is_meant: impl Fn(&About) -> bool) -> Option<Arc<Hold>> {
        let state = self.0.lock();
        let found = state.holds.iter().find(|hold| is_meant(&hold.about));
        found.cloned()
    }
}

impl Hold {
    async fn wait(&self) {
        let _waiting = Waiting::at(&self.waiting);
        self.released.wait().await;
    }
}

/// Counts one waiting request or job. Dropping it ends the count, also when the caller leaves while it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn at(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_is_about_requests_or_jobs_and_nothing_else() {
        let holds = Holds::default();
        for right in [
            json!({"path_contains": "/status"}),
            json!({"path_contains": "/status", "method": "GET"}),
            json!({"log_contains": "50%"}),
        ] {
            holds.set(right.to_string().as_bytes()).expect("a hold");
        }
        for wrong in [
            json!({}),
            json!({"method": "GET"}),
            json!({"path": "/status"}),
            json!({"path_contains": "/a", "log_contains": "b"}),
            json!(null),
        ] {
            assert!(holds.set(wrong.to_string().as_bytes()).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn what_is_not_meant_does_not_wait_and_a_release_is_for_good() {
        let holds = Holds::default();
        let id = holds.set(br#"{"log_contains": "50%"}"#).expect("a hold");
        holds.job("49%").await;
        assert_eq!(holds.report(), json!([{ "hold": id, "waiting": 0 }]));
        holds.release(Some(id + 1));
        assert_eq!(holds.report(), json!([{ "hold": id, "waiting": 0 }]));
        holds.release(Some(id));
        holds.job("50%").await;
        assert_eq!(holds.report(), json!([]));
    }
}
