//! The JSON format of a fault plan. Unknown fields are errors: otherwise a misspelt field would be ignored, and a test
//! run would prove less than it claims.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFields {
    /// A comment for readers of the plan.
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(default)]
    pub(super) seed: u64,
    pub(super) rules: Vec<RuleFields>,
}

/// The calls that a rule strikes, and the faults for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFields {
    #[serde(rename = "note")]
    _note: Option<String>,
    pub(super) route: OneOrMore<String>,
    pub(super) method: Option<String>,
    pub(super) path_contains: Option<String>,
    pub(super) endpoint: Option<String>,
    #[serde(default)]
    pub(super) together: bool,
    pub(super) nth: Option<OneOrMore<u32>>,
    pub(super) every: Option<u32>,
    pub(super) probability: Option<f64>,
    pub(super) times: Option<u32>,
    pub(super) fault: OneOrMore<FaultFields>,
}

/// A fault.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools)] // Each is a word of the plan.
pub(super) struct FaultFields {
    pub(super) delay_ms: Option<DelayMs>,
    pub(super) kind: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) headers: Option<Map<String, Value>>,
    pub(super) body: Option<Value>,
    pub(super) retry_after: Option<RetryAfter>,
    pub(super) html: bool,
    pub(super) after: bool,
    pub(super) reset: Option<Moment>,
    pub(super) silent: bool,
    pub(super) truncate: Option<Truncate>,
    pub(super) malformed: bool,
    pub(super) stall_after: Option<u32>,
    pub(super) cut_after: Option<u32>,
    pub(super) end_after: Option<u32>,
    pub(super) split: bool,
    pub(super) slow_body: Option<u32>,
    pub(super) expired: bool,
    pub(super) duplicate: bool,
}

/// The shortest and the longest wait in ms. Written as one number, or as a list of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DelayMs(pub(super) u32, pub(super) u32);

/// Seconds for the `Retry-After` header. A number is sent as seconds, `{"date": seconds}` as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryAfter {
    Seconds(u32),
    Date(u32),
}

/// Whether the connection is dropped before or after the request is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Moment {
    Before,
    After,
}

/// Whether an answer ends early, and how its head announces the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truncate {
    No,
    /// With the length of the whole body. Written as `true`.
    Length,
    /// In chunks, of which the last is missing. Written as `"chunked"`.
    Chunked,
}

/// One value, or a list of them.
#[derive(Debug)]
pub(super) struct OneOrMore<T> {
    pub(super) all: Vec<T>,
    pub(super) is_list: bool,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMoreVisitor(PhantomData))
    }
}

struct OneOrMoreVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMoreVisitor<T> {
    type Value = OneOrMore<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one, or a list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(one)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(one)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(one)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let all = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(OneOrMore { all, is_list: true })
    }
}

fn one<T>(value: T) -> OneOrMore<T> {
    OneOrMore {
        all: vec![value],
        is_list: false,
    }
}

impl<'de> Deserialize<'de> for DelayMs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given: OneOrMore<u32> = OneOrMore::deserialize(deserializer)?;
        match given.all[..] {
            [fixed] if !given.is_list => Ok(Self(fixed, fixed)),
            [least, most] if least <= most => Ok(Self(least, most)),
            _ => Err(D::Error::custom(
                "it takes milliseconds, or [least, most] of them",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for RetryAfter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Value::deserialize(deserializer)?;
        let small = |value: &Value| u32::try_from(value.as_u64()?).ok();
        let date = given.as_object().filter(|fields| fields.len() == 1);
        let date = date.and_then(|fields| small(fields.get("date")?));
        let read = small(&given).map(Self::Seconds).or(date.map(Self::Date));
        read.ok_or_else(|| D::Error::custom("it takes seconds, or {\"date\": seconds}"))
    }
}

impl<'de> Deserialize<'de> for Truncate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(false) => Ok(Self::No),
            Value::Bool(true) => Ok(Self::Length),
            Value::String(text) if text == "chunked" => Ok(Self::Chunked),
            _ => Err(D::Error::custom("it takes true or \"chunked\"")),
        }
    }
}
