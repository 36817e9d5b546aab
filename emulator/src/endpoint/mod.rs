//! Endpoints that the user describes, so that an app for any model can be tried without the model. A description has the
//! input fields, the duration, the log and the output. `emulator/endpoints/README.md` explains the format.

mod check;
mod field;
mod format;
mod load;
mod outcome;
mod play;
mod read;
mod template;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

pub(crate) use play::Performance;

use crate::queue::Detail;
use field::Field;
use outcome::Ending;

/// The endpoints of a folder, by id.
#[derive(Debug, Default)]
pub(crate) struct Endpoints(BTreeMap<String, Arc<Endpoint>>);

/// One endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    id: String,
    /// In the order of the file. If there are none, the endpoint accepts any input.
    fields: Vec<Field>,
    /// The first case whose `when` matches the input is played. The last case matches every input.
    cases: Vec<Case>,
}

/// The script for some inputs.
#[derive(Debug)]
struct Case {
    /// The values that the input must have for this case.
    when: Map<String, Value>,
    queue: Duration,
    run: Duration,
    /// Sorted by time.
    logs: Vec<Line>,
    ending: Ending,
}

/// A line of the log, and its time from the start of the run.
#[derive(Debug)]
struct Line {
    at: Duration,
    message: String,
}

impl Endpoints {
    pub(crate) fn find(&self, id: &str) -> Option<&Arc<Endpoint>> {
        self.0.get(id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Endpoint {
    /// All errors in `input`.
    pub(crate) fn problems(&self, input: &Map<String, Value>) -> Vec<Detail> {
        let problems = self.fields.iter().map(|field| field.problem(input));
        problems.flatten().collect()
    }

    /// Converts values that are text, as in a query, to the types of their fields.
    pub(crate) fn typed(&self, mut input: Map<String, Value>) -> Map<String, Value> {
        for field in &self.fields {
            if let Some(value) = input.get_mut(&field.name)
                && let Some(typed) = value.as_str().and_then(|text| field.typed(text))
            {
                *value = typed;
            }
        }
        input
    }

    /// The time that a request with this input stays in the queue.
    pub(crate) fn queue_time(&self, input: &Map<String, Value>) -> Duration {
        self.case(input).map_or(Duration::ZERO, |case| case.queue)
    }

    fn case(&self, input: &Map<String, Value>) -> Option<&Case> {
        let value = |name: &str| {
            let given = input.get(name).filter(|value| !value.is_null());
            given.or_else(|| {
                self.fields
                    .iter()
                    .find(|field| field.name == name)?
                    .default
                    .as_ref()
            })
        };
        self.cases.iter().find(|case| {
            let mut wanted = case.when.iter();
            wanted.all(|(name, wanted)| value(name).unwrap_or(&Value::Null) == wanted)
        })
    }

    /// The input, with the default of every field that it leaves out.
    fn completed(&self, mut input: Map<String, Value>) -> Map<String, Value> {
        for field in &self.fields {
            let value = input.entry(field.name.clone()).or_insert(Value::Null);
            if let Some(default) = field.default.as_ref().filter(|_| value.is_null()) {
                *value = default.clone();
            }
        }
        input
    }
}
