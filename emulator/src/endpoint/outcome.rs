//! The end of a described job: an output, an error of the model, or an error of the infrastructure.

use axum::http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::format::{Failing, Script};
use super::read::Reader;
use super::template::{Filling, Template};
use crate::protocol::{Failure, FailureType, Outcome};

/// The end of a job, as a template.
#[derive(Debug)]
pub(super) enum Ending {
    Output {
        body: Template,
        content_type: Option<HeaderValue>,
        billable_units: f64,
    },
    ModelError {
        status: StatusCode,
        body: Template,
    },
    Infrastructure {
        kind: FailureType,
        message: String,
    },
}

impl Ending {
    /// The end that a script describes. `at` is the path of the script in its file.
    pub(super) fn read(script: &Script, reader: &Reader<'_>, at: &str) -> Result<Self, String> {
        match (&script.output, &script.error) {
            (Some(output), None) => Ok(Self::Output {
                body: reader.read(output, &format!("{at}output"))?,
                content_type: content_type(script, at)?,
                billable_units: billable_units(script, at)?,
            }),
            (None, Some(error)) => failing(error, reader, &format!("{at}error")),
            (None, None) => Err(format!("{at}output: missing: give an output, or an error")),
            (Some(_), Some(_)) => Err(format!("{at}error: give an output or an error, not both")),
        }
    }

    /// The outcome of a job, with its template filled in.
    pub(super) fn outcome(&self, with: &Filling<'_>) -> Result<Outcome, String> {
        match self {
            Self::Output {
                body,
                content_type,
                billable_units,
            } => Ok(Outcome {
                content_type: content_type.clone(),
                ..Outcome::output(body.fill(with)?, *billable_units)
            }),
            Self::ModelError { status, body } => {
                let body = body.fill(with)?;
                Ok(Outcome {
                    status: *status,
                    error: Some(Failure::of_model(reason(&body, *status))),
                    ..Outcome::output(body, 0.0)
                })
            }
            Self::Infrastructure { kind, message } => Ok(Outcome::infrastructure(*kind, message)),
        }
    }
}

fn billable_units(script: &Script, at: &str) -> Result<f64, String> {
    let units = script.billable_units.unwrap_or(1.0);
    if units < 0.0 {
        return Err(format!(
            "{at}billable_units: {units} is less than 0: nothing is paid back"
        ));
    }
    Ok(units)
}

fn content_type(script: &Script, at: &str) -> Result<Option<HeaderValue>, String> {
    let Some(kind) = &script.content_type else {
        return Ok(None);
    };
    let at = format!("{at}content_type");
    if kind.starts_with("application/json") {
        return Err(format!(
            "{at}: JSON is what an output is anyway: leave it out"
        ));
    }
    let is_text = match &script.output {
        Some(Value::String(_)) => true,
        Some(Value::Object(fields)) => fields.contains_key("$input"),
        _ => false,
    };
    if !is_text {
        return Err(format!(
            "{at}: the output has to be a string then, which is sent as it is"
        ));
    }
    let header = HeaderValue::from_str(kind);
    header
        .map(Some)
        .map_err(|_| format!("{at}: \"{kind}\" cannot be sent in a header"))
}

fn failing(error: &Failing, reader: &Reader<'_>, at: &str) -> Result<Ending, String> {
    match (error.status, &error.body, &error.kind) {
        (Some(status), Some(body), None) if (400..600).contains(&status) => {
            let status =
                StatusCode::from_u16(status).map_err(|_| format!("{at}.status: {status}"))?;
            let body = reader.read(body, &format!("{at}.body"))?;
            Ok(Ending::ModelError { status, body })
        }
        (Some(status), Some(_), None) => Err(format!(
            "{at}.status: {status} is no error: give a number from 400 to 599"
        )),
        (None, None, Some(name)) => {
            let kind = FailureType::find(name).ok_or_else(|| {
                let names: Vec<_> = FailureType::names().collect();
                format!("{at}.type: \"{name}\" is none of {}", names.join(", "))
            })?;
            let message = error.message.clone();
            let message = message.unwrap_or_else(|| format!("The request failed: {name}"));
            Ok(Ending::Infrastructure { kind, message })
        }
        _ => Err(format!("{at}: give status and body, or type (and message)")),
    }
}

/// The text of a model's error in the status reply.
fn reason(body: &Value, status: StatusCode) -> String {
    let detail = &body["detail"];
    let text = detail.as_str().or_else(|| detail[0]["msg"].as_str());
    text.map_or_else(
        || format!("Invalid status code: {}", status.as_u16()),
        str::to_owned,
    )
}
