//! Checks a model's input against the table of its fields. The errors have the service's types (protocol §10.1).

use fal_wasm::models::{Field, Given, Model, Problem, choices};
use serde_json::{Map, Value, json};

use crate::protocol::Detail;

/// All errors in `input`. Fields that are not in the table are ignored, as the service ignores them.
pub(crate) fn problems(model: &Model, input: &Map<String, Value>) -> Vec<Detail> {
    let check = |field: &Field| {
        let value = input.get(field.name);
        let problem = field.check(given(value)).err()?;
        Some(detail(field, problem, value, input))
    };
    model.fields.iter().filter_map(check).collect()
}

fn given(value: Option<&Value>) -> Given<'_> {
    match value {
        None | Some(Value::Null) => Given::Absent,
        Some(Value::String(text)) => Given::Text(text),
        Some(Value::Number(number)) => Given::Number(number.as_f64().unwrap_or(f64::NAN)),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Given::Other,
    }
}

fn detail(
    field: &Field,
    problem: Problem,
    value: Option<&Value>,
    input: &Map<String, Value>,
) -> Detail {
    let detail = Detail::new(problem.error_type(), message(problem)).at(field.name);
    let detail = match value {
        Some(value) => detail.input(value),
        // For a missing field, the service shows the whole input.
        None => detail.input(&input.clone().into()),
    };
    match problem {
        Problem::Missing
        | Problem::NotText
        | Problem::NotInteger
        | Problem::LocalUrl
        | Problem::RelativeUrl
        | Problem::EmptyFile => detail,
        Problem::NotOneOf(expected) => {
            let expected: Vec<_> = choices(expected).collect();
            detail.context(json!({ "expected": expected }))
        }
        Problem::TooSmall(least) => detail.context(json!({ "ge": least })),
        Problem::TooLarge(most) => detail.context(json!({ "le": most })),
    }
}

fn message(problem: Problem) -> String {
    match problem {
        Problem::Missing => "Field required".to_owned(),
        Problem::NotText | Problem::EmptyFile => "Input should be a valid string".to_owned(),
        Problem::LocalUrl | Problem::RelativeUrl => "Input should be a valid URL".to_owned(),
        Problem::NotInteger => "Input should be a valid integer".to_owned(),
        Problem::NotOneOf(expected) => {
            let quoted: Vec<_> = choices(expected)
                .map(|value| format!("'{value}'"))
                .collect();
            format!("Input should be {}", quoted.join(" or "))
        }
        Problem::TooSmall(least) => {
            format!("Input should be greater than or equal to {least}")
        }
        Problem::TooLarge(most) => format!("Input should be less than or equal to {most}"),
    }
}

#[cfg(test)]
mod tests {
    use fal_wasm::models;

    use super::*;
    use crate::protocol::Outcome;

    const PRO: &str = "fal-ai/kandinsky5-pro/image-to-video";

    fn refusal(input: &Value) -> Value {
        let model = models::find(PRO).expect("known");
        let problems = problems(model, input.as_object().expect("an object"));
        Outcome::refused(&problems).body["detail"].clone()
    }

    #[test]
    fn a_complete_input_has_no_problems_and_unknown_fields_are_left_alone() {
        let input = json!({"prompt": "x", "image_url": "data:,", "seed": 7, "other": []});
        assert_eq!(refusal(&input), json!([]));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let input = json!({
            "image_url": 3,
            "resolution": "4K",
            "num_inference_steps": 41,
            "seed": "seven",
        });
        let detail = refusal(&input);
        let told: Vec<_> = detail
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| (entry["loc"][1].as_str(), entry["type"].as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Some("prompt"), Some("missing")),
                (Some("image_url"), Some("string_type")),
                (Some("resolution"), Some("one_of")),
                (Some("num_inference_steps"), Some("less_than_equal")),
                (Some("seed"), Some("int_type")),
            ]
        );
        assert_eq!(detail[0]["input"], input);
        assert_eq!(detail[2]["ctx"], json!({"expected": ["512P", "1024P"]}));
        assert_eq!(detail[2]["msg"], "Input should be '512P' or '1024P'");
        assert_eq!(detail[3]["ctx"], json!({"le": 40}));
    }
}
