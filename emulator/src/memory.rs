//! Estimates the memory that a JSON value takes. The length of its text is no measure: `[0,0,…]` takes 16 times as many
//! bytes in memory as it has characters.

use serde_json::{Map, Value};

/// The bytes of a value, within a factor of two.
pub(crate) fn of(value: &Value) -> u64 {
    size_of::<Value>() as u64 + behind(value)
}

/// The bytes of an object, within a factor of two.
pub(crate) fn of_object(fields: &Map<String, Value>) -> u64 {
    let field =
        |(name, value): (&String, &Value)| (size_of::<String>() + name.len()) as u64 + of(value);
    fields.iter().map(field).sum()
}

/// The memory that a value holds on the heap, beside its own size.
fn behind(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len() as u64,
        Value::Array(items) => items.iter().map(of).sum(),
        Value::Object(fields) => of_object(fields),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_counts_by_its_length_and_small_values_by_their_own() {
        let text = "x".repeat(10_000);
        assert!((10_000..10_100).contains(&of(&json!(text))));
        let numbers = vec![0; 10_000];
        assert!(of(&json!(numbers)) >= 10_000 * size_of::<Value>() as u64);
        let nested = json!({ "a": { "b": [{ "c": text }] } });
        assert!((10_000..10_500).contains(&of(&nested)));
    }
}
