//! Checking a model's input before anything is sent: what the service would refuse after
//! the uploads and the wait is refused at once, in the service's own terms.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::{Error, Options, object, set};
use crate::models::{Field, Given, Model, Problem};

/// Refuses an input that breaks the endpoint's table, with one finding for each field.
pub(crate) fn check(model: &Model, input: &JsValue) -> Result<(), Error> {
    let input = Options::new(input.clone());
    let findings = Array::new();
    for field in model.fields {
        let value = input.value(field.name);
        let text = value.as_string();
        if let Err(problem) = field.check(given(&value, text.as_deref())) {
            findings.push(&finding(field, problem, value));
        }
    }
    if findings.length() == 0 {
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
fn finding(field: &Field, problem: Problem, value: JsValue) -> JsValue {
    let finding = object();
    set(&finding, "loc", pair("body", field.name));
    set(&finding, "type", problem.error_type());
    let context = object();
    match problem {
        Problem::NotOneOf(values) => {
            let expected: Array = values.iter().map(|text| JsValue::from(*text)).collect();
            set(&context, "expected", expected);
        }
        Problem::TooSmall(least) => set(&context, "ge", least),
        Problem::TooLarge(most) => set(&context, "le", most),
        Problem::Missing | Problem::NotText | Problem::NotInteger => (),
    }
    set(&finding, "ctx", context);
    set(&finding, "input", value);
    finding.into()
}

fn pair(first: &str, second: &str) -> Array {
    Array::of2(&first.into(), &second.into())
}
