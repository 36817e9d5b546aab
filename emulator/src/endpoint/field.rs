//! One input field: the rules for its values, and the service's errors for values that break them (protocol §10.1).

use serde_json::{Map, Value, json};

use super::format::{FieldRules, FieldType};
use crate::protocol::Detail;

/// An input field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    kind: FieldType,
    required: bool,
    choices: Option<Vec<Value>>,
    min: Option<f64>,
    max: Option<f64>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    pub(super) default: Option<Value>,
}

impl Field {
    pub(super) fn new(name: String, rules: FieldRules) -> Self {
        Self {
            name,
            kind: rules.kind,
            required: rules.required,
            choices: rules.choices,
            min: rules.min,
            max: rules.max,
            min_length: rules.min_length,
            max_length: rules.max_length,
            default: rules.default,
        }
    }

    /// The error of this field in `input`. `None` if the field is right.
    pub(super) fn problem(&self, input: &Map<String, Value>) -> Option<Detail> {
        match input.get(&self.name) {
            None | Some(Value::Null) => self.required.then(|| {
                let detail = Detail::new("missing", "Field required").at(&self.name);
                detail.input(&input.clone().into())
            }),
            Some(value) => self
                .problem_with(value)
                .map(|detail| detail.at(&self.name).input(value)),
        }
    }

    /// Parses `text` as a value of this field. `None` if the field takes text, or if `text` is no value of its type.
    pub(super) fn convert_text(&self, text: &str) -> Option<Value> {
        if matches!(self.kind, FieldType::Any | FieldType::String) {
            return None;
        }
        let value = serde_json::from_str(text).ok();
        value.filter(|value| self.wrong_type(value).is_none())
    }

    /// The error of `value` in this field. `None` if the value is right.
    pub(super) fn problem_with(&self, value: &Value) -> Option<Detail> {
        self.wrong_type(value)
            .or_else(|| self.wrong_choice(value))
            .or_else(|| self.out_of_range(value))
            .or_else(|| self.wrong_length(value))
    }

    fn wrong_type(&self, value: &Value) -> Option<Detail> {
        let (is_right, kind, what) = match self.kind {
            FieldType::Any => return None,
            FieldType::String => (value.is_string(), "string_type", "string"),
            FieldType::Integer => (is_whole(value), "int_type", "integer"),
            FieldType::Number => (value.is_number(), "float_type", "number"),
            FieldType::Boolean => (value.is_boolean(), "bool_type", "boolean"),
            FieldType::Array => (value.is_array(), "list_type", "list"),
            FieldType::Object => (value.is_object(), "dict_type", "dictionary"),
        };
        (!is_right).then(|| Detail::new(kind, format!("Input should be a valid {what}")))
    }

    fn wrong_choice(&self, value: &Value) -> Option<Detail> {
        let choices = self.choices.as_ref()?;
        if choices.contains(value) {
            return None;
        }
        let quote = |choice: &Value| match choice {
            Value::String(text) => format!("'{text}'"),
            other => other.to_string(),
        };
        let quoted: Vec<_> = choices.iter().map(quote).collect();
        let message = format!("Input should be {}", quoted.join(" or "));
        Some(Detail::new("one_of", message).context(json!({ "expected": choices })))
    }

    fn out_of_range(&self, value: &Value) -> Option<Detail> {
        let number = value.as_f64()?;
        if let Some(min) = self.min.filter(|min| number < *min) {
            let message = format!("Input should be greater than or equal to {min}");
            let detail = Detail::new("greater_than_equal", message);
            return Some(detail.context(json!({ "ge": plain(min) })));
        }
        let max = self.max.filter(|max| number > *max)?;
        let message = format!("Input should be less than or equal to {max}");
        Some(Detail::new("less_than_equal", message).context(json!({ "le": plain(max) })))
    }

    fn wrong_length(&self, value: &Value) -> Option<Detail> {
        let (length, of) = match value {
            Value::String(text) => (text.chars().count(), "characters"),
            Value::Array(items) => (items.len(), "items"),
            _ => return None,
        };
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            let message = format!("Input should have at least {least} {of}, not {length}");
            let detail = Detail::new("sequence_too_short", message);
            return Some(detail.context(json!({ "min_length": least })));
        }
        let most = self.max_length.filter(|most| length > *most)?;
        let message = format!("Input should have at most {most} {of}, not {length}");
        let detail = Detail::new("sequence_too_long", message);
        Some(detail.context(json!({ "max_length": most })))
    }
}

/// Whether a value is a whole number, written with a point or without.
fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// A number in its shortest form: `40`, not `40.0`.
#[allow(clippy::cast_possible_truncation)] // It is in range.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        json!(number as i64)
    } else {
        json!(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Outcome;

    /// The type and context of the error of `value` in a field with these rules.
    fn problem(rules: Value, value: &Value) -> Option<(String, Value)> {
        let rules: FieldRules = serde_json::from_value(rules).expect("rules");
        let field = Field::new("f".to_owned(), rules);
        let input = json!({ "f": value });
        let problem = field.problem(input.as_object().expect("an object"))?;
        let body = Outcome::refused(&[problem]).body;
        let detail = &body["detail"][0];
        assert_eq!(detail["loc"], json!(["body", "f"]));
        Some((detail["type"].as_str()?.to_owned(), detail["ctx"].clone()))
    }

    fn kind(rules: Value, value: &Value) -> Option<String> {
        problem(rules, value).map(|(kind, _)| kind)
    }

    #[test]
    fn values_have_to_be_of_the_fields_type() {
        for (name, right, wrong, told) in [
            ("string", json!("a"), json!(1), "string_type"),
            ("integer", json!(2.0), json!(2.5), "int_type"),
            ("number", json!(2.5), json!("2"), "float_type"),
            ("boolean", json!(true), json!(1), "bool_type"),
            ("array", json!([]), json!({}), "list_type"),
            ("object", json!({}), json!([]), "dict_type"),
        ] {
            let rules = json!({ "type": name });
            assert_eq!(kind(rules.clone(), &right), None, "{name}");
            assert_eq!(kind(rules, &wrong).as_deref(), Some(told), "{name}");
        }
        assert_eq!(kind(json!({"type": "any"}), &json!([1, "a"])), None);
    }

    #[test]
    fn what_is_required_is_missed_and_the_rest_is_not() {
        let required = json!({"type": "string", "required": true});
        assert_eq!(kind(required, &Value::Null).as_deref(), Some("missing"));
        assert_eq!(kind(json!({"type": "string"}), &Value::Null), None);
    }

    #[test]
    fn limits_are_told_with_the_numbers_they_were_written_with() {
        for (rules, value, told, context) in [
            (
                json!({"type": "integer", "min": 1}),
                json!(0),
                "greater_than_equal",
                json!({"ge": 1}),
            ),
            (
                json!({"type": "number", "max": 0.5}),
                json!(1),
                "less_than_equal",
                json!({"le": 0.5}),
            ),
            (
                json!({"type": "string", "min_length": 2}),
                json!("é"),
                "sequence_too_short",
                json!({"min_length": 2}),
            ),
            (
                json!({"type": "array", "max_length": 1}),
                json!([1, 2]),
                "sequence_too_long",
                json!({"max_length": 1}),
            ),
            (
                json!({"type": "string", "enum": ["a", "b"]}),
                json!("c"),
                "one_of",
                json!({"expected": ["a", "b"]}),
            ),
        ] {
            assert_eq!(problem(rules, &value), Some((told.to_owned(), context)));
        }
    }
}
