//! Checking a model's input before anything is sent: what the service would refuse after
//! the uploads and the wait is refused at once, in the service's own terms.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    Error, Options,
    options::{number, property},
    texts::Text,
};
use crate::{
    endpoint::EndpointId,
    models::{self, Field, Given, Kind, Problem, check_url},
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    /// The first characters of a text. One may be a file of megabytes, as a data URI, and stays
    /// where it is.
    #[wasm_bindgen(js_name = startOf)]
    fn start_of(value: &JsValue) -> Option<String>;
    /// A field of an input as JSON has it, `undefined` where it is not given.
    #[wasm_bindgen(js_name = writtenAt, catch)]
    fn written_at(input: &JsValue, name: &str) -> Result<JsValue, JsValue>;
    /// Whether it is a `Blob` or a `File`, of any realm.
    #[wasm_bindgen(js_name = isFile)]
    fn is_file(value: &JsValue) -> bool;
    /// The findings with one more, about a field, with what its `error_type` tells: the texts
    /// that are `expected`, with commas between them, or the `bound`.
    fn finding(
        findings: &JsValue,
        field: &str,
        error_type: &str,
        expected: &str,
        bound: f64,
        input: &JsValue,
    ) -> JsValue;
}

/// Refuses an input that breaks the endpoint's table, if it has one, with a finding for each
/// field.
pub(crate) fn check(endpoint: &EndpointId, input: &JsValue) -> Result<(), Error> {
    let Some(model) = models::find(endpoint.as_str()) else {
        return Ok(());
    };
    let mut findings = JsValue::UNDEFINED;
    for field in model.fields {
        let value = written_at(input, field.name).map_err(Error::thrown)?;
        let start = start_of(&value);
        let given = match (&start, number(&value)) {
            (Some(text), _) => Given::Text(text),
            (_, Some(number)) => Given::Number(number),
            _ if value.is_undefined() => Given::Absent,
            _ if is_file(&value) => match number(&property(&value, "size")) {
                Some(0.0) => Given::EmptyFile,
                _ => Given::File,
            },
            _ => Given::Other,
        };
        let checked = field.check(given).and_then(|()| match (field.kind, given) {
            (Kind::FileUrl, Given::Text(start)) => check_url(start),
            _ => Ok(()),
        });
        if let Err(problem) = checked {
            findings = with(&findings, field, problem, &value);
        }
    }
    if findings.is_undefined() {
        return Ok(());
    }
    let body = Options::empty();
    body.set(Text::Detail, findings);
    Err(Error::new(Text::InvalidInput)
        .with(Text::EndpointId, model.endpoint_id)
        .with(Text::Body, body.into_js()))
}

/// The problem as an entry of the service's validation error (protocol §10.1), without the
/// sentence: that is JavaScript's to write.
fn with(findings: &JsValue, field: &Field, problem: Problem, value: &JsValue) -> JsValue {
    let (expected, bound) = match problem {
        Problem::NotOneOf(values) => (values, 0),
        Problem::TooSmall(bound) | Problem::TooLarge(bound) => ("", bound),
        Problem::Missing
        | Problem::NotText
        | Problem::NotInteger
        | Problem::LocalUrl
        | Problem::RelativeUrl
        | Problem::EmptyFile => ("", 0),
    };
    let error_type = problem.error_type();
    finding(
        findings,
        field.name,
        error_type,
        expected,
        bound.into(),
        value,
    )
}
