//! The format of a file that describes an endpoint, as it is written. Unknown fields are
//! mistakes: a misspelt one would be left out in silence.

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
    billable_units: Option<u32>,
    error: Option<Failing>,
    #[serde(default)]
    pub(super) cases: Vec<Case>,
}

/// What happens for some inputs; what it leaves out is as at the top of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) when: Map<String, Value>,
    queue_ms: Option<u64>,
    run_ms: Option<u64>,
    logs: Option<Vec<LogLine>>,
    output: Option<Value>,
    content_type: Option<String>,
    billable_units: Option<u32>,
    error: Option<Failing>,
}

/// What a file or a case tells of what happens.
#[derive(Debug, Clone, Default)]
pub(super) struct Script {
    pub(super) queue_ms: Option<u64>,
    pub(super) run_ms: Option<u64>,
    pub(super) logs: Option<Vec<LogLine>>,
    pub(super) output: Option<Value>,
    pub(super) content_type: Option<String>,
    pub(super) billable_units: Option<u32>,
    pub(super) error: Option<Failing>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogLine {
    pub(super) at_ms: u64,
    pub(super) message: String,
}

/// An error of the model (`status` and `body`), or of what is around it (`type`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    pub(super) status: Option<u16>,
    pub(super) body: Option<Value>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) message: Option<String>,
}

/// The input fields, in their order.
#[derive(Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, FieldRules)>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldRules {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
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
pub(super) enum Kind {
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
// serde can refuse unknown fields or flatten a shared part, not both.
script!(File);
script!(Case);

impl Script {
    /// With the rest taken from `other`. Output and error are each other's alternative, so
    /// either replaces both.
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
