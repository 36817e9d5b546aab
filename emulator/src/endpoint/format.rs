//! The JSON format of a file that describes an endpoint. Unknown fields are errors, as otherwise a misspelt field would
//! be ignored.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) endpoint_id: String,
    #[serde(default)]
    pub(super) input: Fields,
    queue_ms: Option<u64>,
    run_ms: Option<u64>,
    logs: Option<Vec<LogLine>>,
    output: Option<Value>,
    content_type: Option<String>,
    billable_units: Option<f64>,
    error: Option<Failing>,
    #[serde(default)]
    pub(super) cases: Vec<Case>,
}

/// The script for some inputs. Fields that it leaves out are taken from the top of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) when: Map<String, Value>,
    queue_ms: Option<u64>,
    run_ms: Option<u64>,
    logs: Option<Vec<LogLine>>,
    output: Option<Value>,
    content_type: Option<String>,
    billable_units: Option<f64>,
    error: Option<Failing>,
}

/// The timing, the log and the end of a job, as a file or a case describes them.
#[derive(Debug, Clone, Default)]
pub(super) struct Script {
    pub(super) queue_ms: Option<u64>,
    pub(super) run_ms: Option<u64>,
    pub(super) logs: Option<Vec<LogLine>>,
    pub(super) output: Option<Value>,
    pub(super) content_type: Option<String>,
    pub(super) billable_units: Option<f64>,
    pub(super) error: Option<Failing>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogLine {
    pub(super) at_ms: u64,
    pub(super) message: String,
}

/// An error of the model (`status` and `body`), or of the infrastructure (`type`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    pub(super) status: Option<u16>,
    pub(super) body: Option<Value>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) message: Option<String>,
}

/// The input fields, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, FieldRules)>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldRules {
    #[serde(rename = "type")]
    pub(super) kind: FieldType,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(rename = "enum")]
    pub(super) choices: Option<Vec<Value>>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) default: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FieldType {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    Any,
}

macro_rules! script {
    ($from:ident) => {
        impl $from {
            pub(super) fn script(&self) -> Script {
                Script {
                    queue_ms: self.queue_ms,
                    run_ms: self.run_ms,
                    logs: self.logs.clone(),
                    output: self.output.clone(),
                    content_type: self.content_type.clone(),
                    billable_units: self.billable_units,
                    error: self.error.clone(),
                }
            }
        }
    };
}
// A macro, as serde cannot both refuse unknown fields and flatten a shared struct.
script!(File);
script!(Case);

impl Script {
    /// Takes missing fields from `other`. A script ends with an output or an error, so one of them here replaces both of
    /// `other`.
    pub(super) fn or(self, other: &Self) -> Self {
        let other = other.clone();
        let ends = self.output.is_some() || self.error.is_some();
        Self {
            queue_ms: self.queue_ms.or(other.queue_ms),
            run_ms: self.run_ms.or(other.run_ms),
            logs: self.logs.or(other.logs),
            output: self.output.or(other.output.filter(|_| !ends)),
            content_type: self.content_type.or(other.content_type.filter(|_| !ends)),
            billable_units: self.billable_units.or(other.billable_units),
            error: self.error.or(other.error.filter(|_| !ends)),
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with an entry for each input field")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields: Vec<(String, FieldRules)> = Vec::new();
                while let Some((name, rules)) = map.next_entry::<String, _>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format!("{name} is there twice")));
                    }
                    fields.push((name, rules));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
