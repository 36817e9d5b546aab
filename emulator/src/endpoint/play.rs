//! Plays a described job: writes its log at the described times, and then makes its outcome.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use serde_json::{Map, Value};

use super::endpoints::{Case, Endpoint};
use super::template::Filling;
use crate::cancel::Cancel;
use crate::protocol::{Origin, Outcome};
use crate::storage::{Storage, Wish};

/// A described job that is ready to be played.
#[derive(Debug)]
pub(crate) struct Performance {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) origin: Origin,
    pub(crate) input: Map<String, Value>,
    pub(crate) wish: Wish,
}

impl Performance {
    /// Plays the job. Blocks until it is over; stops soon after `cancel` is set.
    pub(crate) fn play(&self, storage: &Storage, cancel: &Cancel, log: &dyn Fn(String)) -> Outcome {
        let Some(case) = self.endpoint.case(&self.input) else {
            return Outcome::broke("No case of the endpoint is for this input");
        };
        let began = Instant::now();
        for line in &case.logs {
            cancel.sleep(began + line.at);
            if cancel.flag().load(Ordering::SeqCst) {
                return Outcome::cancelled();
            }
            log(line.message.clone());
        }
        cancel.sleep(began + case.run);
        if cancel.flag().load(Ordering::SeqCst) {
            return Outcome::cancelled();
        }
        self.end(storage, case)
    }

    fn end(&self, storage: &Storage, case: &Case) -> Outcome {
        let store = |bytes: &[u8], name: &str| {
            let path = storage.keep(bytes, name, &self.wish);
            path.map(|path| format!("{}{path}", self.origin))
                .map_err(|error| format!("{name} could not be stored: {error}"))
        };
        let filling = Filling {
            input: &self.endpoint.add_defaults(self.input.clone()),
            store: &store,
        };
        let outcome = case.ending.outcome(&filling);
        outcome.unwrap_or_else(|why| Outcome::broke(&why))
    }
}
