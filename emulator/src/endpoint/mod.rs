//! Endpoints that the user describes, so that an app for any model can be tried without
//! it: what input is taken, how long it lasts, what the log says, and what comes out. The
//! files' format is told in `emulator/endpoints/README.md`.

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
    /// In the order they were written. Empty: any input is taken.
    fields: Vec<Field>,
    /// The first whose `when` the input meets is played. The last meets any.
    cases: Vec<Case>,
}

/// What happens for some inputs.
#[derive(Debug)]
struct Case {
    /// Values that the input has to have.
    when: Map<String, Value>,
    queue: Duration,
    run: Duration,
    /// In the order of their times.
    logs: Vec<Line>,
    ending: Ending,
}

/// A line of the log, and when it is written, from the start of the run.
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
    /// Everything that is wrong with `input`.
    pub(crate) fn problems(&self, input: &Map<String, Value>) -> Vec<Detail> {
        let problems = self.fields.iter().map(|field| field.problem(input));
        problems.flatten().collect()
    }

    /// An input whose values are text, as in a query, with the types of the fields.
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

    /// How long a request with this input waits for a runner.
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

    /// The input with the defaults of what it leaves out.
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
