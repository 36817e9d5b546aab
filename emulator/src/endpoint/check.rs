//! Turns a parsed file into an endpoint. Each error names the field, and says how to correct it.

use std::path::Path;
use std::time::Duration;

use fal_wasm::endpoint::EndpointId;
use serde_json::{Map, Value};

use super::endpoints::{Case, Endpoint, Line};
use super::field::Field;
use super::format::{FieldRules, FieldType, Fields, File, LogLine, Script};
use super::outcome::Ending;
use super::read::Reader;
use crate::own::Own;

/// The endpoint that the file in `folder` describes.
pub(super) fn endpoint(file: File, folder: &Path) -> Result<Endpoint, String> {
    check_id(&file.endpoint_id)?;
    let script = file.script();
    let cases: Vec<_> = file
        .cases
        .iter()
        .map(|case| (case.script().or(&script), case))
        .collect();
    let fields = fields(file.input)?;
    // A file that describes no fields accepts any input.
    let is_field = |name: &str| fields.is_empty() || fields.iter().any(|field| field.name == name);
    let reader = Reader {
        folder,
        is_field: &is_field,
    };
    let mut read = Vec::new();
    for (index, (script, case)) in cases.into_iter().enumerate() {
        let at = format!("cases[{index}].");
        if let Some(unknown) = case.when.keys().find(|name| !is_field(name)) {
            return Err(format!(
                "{at}when.{unknown}: there is no such input field: name one of those in \"input\""
            ));
        }
        let when = case.when.clone();
        read.push(self::case(when, &script, &reader, &at)?);
    }
    read.push(self::case(Map::new(), &script, &reader, "")?);
    Ok(Endpoint {
        id: file.endpoint_id,
        fields,
        cases: read,
    })
}

/// Checks that an id is `owner/alias`, with or without a path, in the form that clients use (protocol §2.1).
fn check_id(id: &str) -> Result<(), String> {
    if Own::of(id).is_some() {
        return Err(format!(
            "endpoint_id: {id} is an endpoint of the emulator itself: choose another"
        ));
    }
    if EndpointId::parse(id).is_some_and(|parsed| parsed.as_str() == id) {
        return Ok(());
    }
    Err(format!(
        "endpoint_id: \"{id}\" is no endpoint id: write owner/alias or owner/alias/path, of \
         letters, digits, dots, dashes, underscores and tildes"
    ))
}

fn fields(written: Fields) -> Result<Vec<Field>, String> {
    let field = |(name, rules): (String, FieldRules)| {
        let at = format!("input.{name}");
        check_limits(&rules, &at)?;
        let default = rules.default.clone();
        let field = Field::new(name, rules);
        match default.and_then(|value| Some((field.problem_with(&value)?, value))) {
            None => Ok(field),
            Some((problem, value)) => Err(format!(
                "{at}.default: {value} is not taken by the field itself: {}",
                problem.text()
            )),
        }
    };
    written.0.into_iter().map(field).collect()
}

/// Checks that the limits fit the field's type.
fn check_limits(rules: &FieldRules, at: &str) -> Result<(), String> {
    let is_number = matches!(rules.kind, FieldType::Integer | FieldType::Number);
    let has_length = matches!(rules.kind, FieldType::String | FieldType::Array);
    let wrong = if !is_number && (rules.min.is_some() || rules.max.is_some()) {
        "min: min and max are for numbers: use min_length and max_length, or leave them out"
    } else if !has_length && (rules.min_length.is_some() || rules.max_length.is_some()) {
        "min_length: lengths are for strings and arrays: leave them out"
    } else if rules.min.zip(rules.max).is_some_and(|(min, max)| min > max) {
        "min: it is larger than max: exchange them"
    } else if rules
        .min_length
        .zip(rules.max_length)
        .is_some_and(|(min, max)| min > max)
    {
        "min_length: it is larger than max_length: exchange them"
    } else if rules.choices.as_ref().is_some_and(Vec::is_empty) {
        "enum: it is empty: list the values that are taken"
    } else {
        return Ok(());
    };
    Err(format!("{at}.{wrong}"))
}

fn case(
    when: Map<String, Value>,
    script: &Script,
    reader: &Reader<'_>,
    at: &str,
) -> Result<Case, String> {
    let run_ms = script.run_ms.unwrap_or(0);
    let mut logs = script.logs.clone().unwrap_or_default();
    if let Some(index) = logs.iter().position(|line| line.at_ms > run_ms) {
        return Err(format!(
            "{at}logs[{index}].at_ms: the run is over after {run_ms} ms: write the line earlier, \
             or raise run_ms"
        ));
    }
    logs.sort_by_key(|line| line.at_ms);
    let line = |line: LogLine| Line {
        at: Duration::from_millis(line.at_ms),
        message: line.message,
    };
    Ok(Case {
        when,
        queue: Duration::from_millis(script.queue_ms.unwrap_or(0)),
        run: Duration::from_millis(run_ms),
        logs: logs.into_iter().map(line).collect(),
        ending: Ending::read(script, reader, at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_no_client_can_call_is_refused() {
        for id in ["acme/app", "acme/app/v1.2/x_y", "workflows/acme/flow"] {
            assert_eq!(check_id(id), Ok(()));
        }
        let long = format!("acme/{}", "x".repeat(257));
        for id in [
            "acme",
            "acme/",
            "acme/..",
            "acme/../x",
            "acme/./x",
            "12-app",
            "https://fal.run/a/b",
            "emulator/echo",
            &long,
        ] {
            let problem = check_id(id).expect_err(id);
            assert!(problem.contains("endpoint_id: "), "{problem}");
        }
    }
}
