//! The input of a call: its JSON body. With GET it is the query, as the official client sends it (protocol §2.3).

use axum::http::Method;
use fal_wasm::models::{Kind, Model};
use serde_json::{Map, Value};

use super::outcome::Detail;

/// The largest body, in bytes: the largest picture as a data URI, and room for the other fields.
pub(crate) const LARGEST_BODY: usize = 32 << 20;

/// Parses the JSON object in `body`.
pub(crate) fn parse(body: &[u8]) -> Result<Map<String, Value>, Detail> {
    if body.is_empty() {
        return Err(Detail::new("missing", "Field required"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(input)) => Ok(input),
        Ok(other) => {
            let message = "Input should be a JSON object";
            Err(Detail::new("dict_type", message).input(&other))
        }
        Err(error) => {
            let message = format!("The body is not valid JSON: {error}");
            Err(Detail::new("json_invalid", message))
        }
    }
}

/// Whether a call's input is in its query.
pub(crate) fn is_in_query(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The fields of a query. Values are text, or whole numbers for integer fields of the model. Parameters that begin with
/// `fal_` are for the service, and are left out.
pub(crate) fn of_model(query: &str, model: &Model) -> Map<String, Value> {
    let mut input = from_query(query);
    for field in model.fields {
        if matches!(field.kind, Kind::Integer { .. })
            && let Some(value) = input.get_mut(field.name)
            && let Some(number) = value.as_str().and_then(|text| text.parse::<i64>().ok())
        {
            *value = number.into();
        }
    }
    input
}

/// The fields of a query as text, without parameters that begin with `fal_`.
pub(crate) fn from_query(query: &str) -> Map<String, Value> {
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| !name.starts_with("fal_"))
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use fal_wasm::models;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_query_gives_numbers_where_the_model_takes_them_and_text_elsewhere() {
        let model = models::find("fal-ai/kandinsky5-pro/text-to-video").expect("known");
        let input = of_model(
            "prompt=12&seed=7&num_inference_steps=x&fal_jwt_token=t",
            model,
        );
        let expected = json!({"prompt": "12", "seed": 7, "num_inference_steps": "x"});
        assert_eq!(Value::Object(input), expected);
    }

    #[test]
    fn a_number_is_read_to_its_last_digit() {
        for text in [
            "118446744073709551616",
            "1.1844674407370957e20",
            "0.1",
            "2.2250738585072014e-308",
        ] {
            let input = parse(format!("{{\"n\":{text}}}").as_bytes()).expect("an object");
            assert_eq!(input["n"].as_f64(), text.parse().ok(), "{text}");
        }
    }
}
