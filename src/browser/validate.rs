//! Checking a model's input before anything is sent: what the service would refuse after
//! the uploads and the wait is refused at once, in the service's own terms.

use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::Blob;

use super::{Error, Options, object, set};
use crate::{
    endpoint::EndpointId,
    models::{self, Field, Given, Problem},
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    /// The findings with one more, about a field; `bound`, where there is one, is what
    /// `bound_name` says of it.
    fn finding(
        findings: &JsValue,
        field: &str,
        error_type: &str,
        bound_name: &str,
        bound: &JsValue,
        input: &JsValue,
    ) -> JsValue;
}

/// Refuses an input that breaks the endpoint's table, if it has one, with a finding for each
/// field.
pub(crate) fn check(endpoint: &EndpointId, input: &JsValue) -> Result<(), Error> {
    let Some(model) = models::find(endpoint.as_str()) else {
        return Ok(());
    };
    let input = Options::new(input.clone());
    let mut findings = JsValue::UNDEFINED;
    for field in model.fields {
        let value = input.value(field.name);
        let text = value.as_string();
        if let Err(problem) = field.check(given(&value, text.as_deref())) {
            findings = with(&findings, field, problem, &value);
        }
    }
    if findings.is_undefined() {
        return Ok(());
    }
    let body = object();
    set(&body, "detail", findings);
    Err(Error::new("invalid_input")
        .with("endpointId", model.endpoint_id)
        .with("body", body))
}

fn given<'a>(value: &JsValue, text: Option<&'a str>) -> Given<'a> {
    if value.is_undefined() || value.is_null() {
        return Given::Absent;
    }
    if let Some(text) = text {
        return Given::Text(text);
    }
    match value.as_f64() {
        Some(number) => Given::Number(number),
        None if value.is_instance_of::<Blob>() => Given::File,
        None => Given::Other,
    }
}

/// The problem as an entry of the service's validation error (protocol §10.1), without the
/// sentence: that is JavaScript's to write.
fn with(findings: &JsValue, field: &Field, problem: Problem, value: &JsValue) -> JsValue {
    let (name, bound): (&str, JsValue) = match problem {
        Problem::NotOneOf(values) => ("expected", listed(values).into()),
        Problem::TooSmall(least) => ("ge", least.into()),
        Problem::TooLarge(most) => ("le", most.into()),
        Problem::Missing | Problem::NotText | Problem::NotInteger => ("", JsValue::UNDEFINED),
    };
    let error_type = problem.error_type();
    finding(findings, field.name, error_type, name, &bound, value)
}

/// The values, with a comma between them, which none of them holds.
fn listed(values: &[&str]) -> String {
    let mut list = String::new();
    for value in values {
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(value);
    }
    list
}
