//! The described endpoints: their inputs, and the case that is played for an input.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::field::Field;
use super::outcome::Ending;
use crate::protocol::Detail;

/// The endpoints of a folder, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Endpoints(pub(super) Arc<BTreeMap<String, Arc<Endpoint>>>);

/// One endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(super) id: String,
    /// In the order of the file. If there are none, the endpoint accepts any input.
    pub(super) fields: Vec<Field>,
    /// The first case whose `when` matches the input is played. The last case matches every input.
    pub(super) cases: Vec<Case>,
}

/// The script for some inputs.
#[derive(Debug)]
pub(super) struct Case {
    /// The values that the input must have for this case.
    pub(super) when: Map<String, Value>,
    pub(super) queue: Duration,
    pub(super) run: Duration,
    /// Sorted by time.
    pub(super) logs: Vec<Line>,
    pub(super) ending: Ending,
}

/// A line of the log, and its time from the start of the run.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) at: Duration,
    pub(super) message: String,
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
    pub(crate) fn convert_text(&self, mut input: Map<String, Value>) -> Map<String, Value> {
        for field in &self.fields {
            if let Some(value) = input.get_mut(&field.name)
                && let Some(typed) = value.as_str().and_then(|text| field.convert_text(text))
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

    pub(super) fn case(&self, input: &Map<String, Value>) -> Option<&Case> {
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
    pub(super) fn add_defaults(&self, mut input: Map<String, Value>) -> Map<String, Value> {
        for field in &self.fields {
            let value = input.entry(field.name.clone()).or_insert(Value::Null);
            if let Some(default) = field.default.as_ref().filter(|_| value.is_null()) {
                *value = default.clone();
            }
        }
        input
    }
}
