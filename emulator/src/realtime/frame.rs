//! The frames of a WebSocket: parses inputs from `MessagePack` or JSON, and writes results and control objects as either
//! (protocol §8.1).

use axum::extract::ws::Message;
use rmpv::Value;
use serde_json::json;

/// The deepest nesting of an input.
const DEEPEST: usize = 64;

/// Parses the input in a binary frame: one `MessagePack` value and nothing after it.
pub(super) fn unpack(mut bytes: &[u8]) -> Result<Value, String> {
    let value = rmpv::decode::read_value_with_max_depth(&mut bytes, DEEPEST)
        .map_err(|error| format!("The message is not MessagePack: {error}"))?;
    if bytes.is_empty() {
        return Ok(value);
    }
    Err(format!("{} bytes follow the message", bytes.len()))
}

/// Parses the input in a text frame. Clients with a custom encoder send JSON.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("The message is not JSON: {error}"))?;
    Ok(from_json(value))
}

/// A result as a binary frame.
pub(super) fn pack(value: &Value) -> Message {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = rmpv::encode::write_value(&mut bytes, value);
    Message::binary(bytes)
}

/// A result as a text frame.
pub(super) fn text(value: &Value) -> Message {
    Message::text(to_json(value).to_string())
}

/// The control object `{"type":"x-fal-error"}`, with a code and the reason.
pub(super) fn error(code: &str, reason: &str) -> Message {
    let body = json!({ "type": "x-fal-error", "error": code, "reason": reason });
    Message::text(body.to_string())
}

/// The control object with the duration of the last input, in seconds.
pub(super) fn timings(seconds: f64) -> Message {
    let body = json!({ "type": "x-fal-message", "action": "timings", "timing": seconds });
    Message::text(body.to_string())
}

pub(super) fn unauthorized() -> Message {
    let body = json!({ "status": "error", "error": "Unauthorized" });
    Message::text(body.to_string())
}

/// Converts JSON to a `MessagePack` value.
fn from_json(value: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Nil,
        Json::Bool(value) => value.into(),
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => number.as_f64().unwrap_or(f64::NAN).into(),
        },
        Json::String(text) => text.into(),
        Json::Array(items) => Value::Array(items.into_iter().map(from_json).collect()),
        Json::Object(fields) => {
            let fields = fields.into_iter();
            Value::Map(
                fields
                    .map(|(name, value)| (name.into(), from_json(value)))
                    .collect(),
            )
        }
    }
}

/// Converts a `MessagePack` value to JSON: bytes become numbers, and keys become text.
pub(super) fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nil | Value::Ext(..) => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::Integer(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into(),
            (None, number) => number.into(),
        },
        Value::F32(number) => (*number).into(),
        Value::F64(number) => (*number).into(),
        Value::String(text) => String::from_utf8_lossy(text.as_bytes()).into(),
        Value::Binary(bytes) => bytes.as_slice().into(),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Map(fields) => fields
            .iter()
            .map(|(name, value)| {
                let name = name
                    .as_str()
                    .map_or_else(|| name.to_string(), str::to_owned);
                (name, to_json(value))
            })
            .collect(),
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_survives_the_way_through_messagepack() {
        let json = json!({"a": [1, -2, 2.5, null, true, "ü"], "b": {"c": u64::MAX}});
        let Message::Binary(packed) = pack(&from_json(json.clone())) else {
            panic!("not binary");
        };
        assert_eq!(to_json(&unpack(&packed).expect("whole")), json);
    }

    #[test]
    fn what_is_no_message_is_told() {
        assert!(unpack(&[]).is_err());
        assert!(unpack(&[0x92, 0x01]).is_err());
        assert!(unpack(&[0x01, 0x02]).is_err_and(|why| why.contains("1 bytes follow")));
        assert!(unpack(&[0x91; 1000]).is_err());
        // An array with a length of four thousand million items, which has none.
        assert!(unpack(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(parse("{").is_err());
    }
}
