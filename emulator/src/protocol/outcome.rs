//! The outcome of a job: the status and body of the result call, and the error in the status reply (protocol §10).

use axum::http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::infrastructure::FailureType;

/// The end of a job.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// The HTTP status of the result call.
    pub(crate) status: StatusCode,
    /// The body of the result call: the output of the model, or an error.
    pub(crate) body: Value,
    /// Set if the result is not JSON. Then `body` is a string, and its text is sent.
    pub(crate) content_type: Option<HeaderValue>,
    /// The units that fal.ai would have billed, which need not be whole.
    pub(crate) billable_units: f64,
    /// Set for a failure.
    pub(crate) error: Option<Failure>,
}

/// A failure, in the terms of the status reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) text: String,
    /// The type of a failure of the infrastructure (protocol §10.3). `None` for failures of the model.
    pub(crate) kind: Option<&'static str>,
    /// Whether the caller's own deadline ended the job (protocol §10.3).
    pub(crate) is_own_deadline: bool,
}

impl Failure {
    /// A failure of the model, with this text.
    pub(crate) fn of_model(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: None,
            is_own_deadline: false,
        }
    }
}

impl Outcome {
    /// The model's output.
    pub(crate) fn output(body: Value, billable_units: f64) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            content_type: None,
            billable_units,
            error: None,
        }
    }

    /// The model refused its input: status 422, with one entry for each problem.
    pub(crate) fn refused(problems: &[Detail]) -> Self {
        Self::model_error(StatusCode::UNPROCESSABLE_ENTITY, problems)
    }

    /// The model failed. `what` is for the developer.
    pub(crate) fn broke(what: &str) -> Self {
        let detail = Detail::new("internal_server_error", what).at_body();
        Self::model_error(StatusCode::INTERNAL_SERVER_ERROR, &[detail])
    }

    fn model_error(status: StatusCode, problems: &[Detail]) -> Self {
        let texts: Vec<_> = problems.iter().map(Detail::text).collect();
        let details: Vec<_> = problems.iter().map(|problem| &problem.0).collect();
        Self {
            status,
            error: Some(Failure::of_model(texts.join("; "))),
            ..Self::output(json!({ "detail": details }), 0.0)
        }
    }

    /// The app has no such path (protocol §10.2).
    pub(crate) fn no_such_path(path: &str) -> Self {
        let text = format!("Path {path} not found");
        Self {
            status: StatusCode::NOT_FOUND,
            error: Some(Failure::of_model(text.as_str())),
            ..Self::output(json!({ "detail": text }), 0.0)
        }
    }

    /// The infrastructure failed. `text` is for the developer.
    pub(crate) fn infrastructure(kind: FailureType, text: &str) -> Self {
        Self {
            status: kind.status(),
            error: Some(Failure {
                kind: Some(kind.name),
                ..Failure::of_model(text)
            }),
            ..Self::output(json!({ "detail": text, "error_type": kind.name }), 0.0)
        }
    }

    /// The caller cancelled the job: status 499, which is the service's own number.
    pub(crate) fn cancelled() -> Self {
        let text = "The request was cancelled by the client";
        Self::infrastructure(FailureType::CLIENT_CANCELLED, text)
    }

    /// The job did not start within the time that the caller set.
    pub(crate) fn not_started() -> Self {
        let text = "The request did not start within the timeout that it was sent with";
        let mut outcome = Self::infrastructure(FailureType::REQUEST_TIMEOUT, text);
        if let Some(failure) = &mut outcome.error {
            failure.is_own_deadline = true;
        }
        outcome
    }

    /// The length of its body, in bytes.
    pub(crate) fn body_bytes(&self) -> usize {
        match (&self.content_type, &self.body) {
            (Some(_), Value::String(text)) => text.len(),
            _ => self.body.to_string().len(),
        }
    }
}

/// One entry of a model error's `detail` (protocol §10.1).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Detail(Value);

impl Detail {
    /// A problem of one of the documented types.
    pub(crate) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self(json!({
            "loc": ["body"],
            "msg": message.into(),
            "type": kind,
            "url": format!("https://docs.fal.ai/errors/#{kind}"),
        }))
    }

    /// The entry as JSON.
    pub(crate) fn into_json(self) -> Value {
        self.0
    }

    /// Places the problem in the body as a whole.
    pub(crate) fn at_body(self) -> Self {
        self
    }

    /// Places the problem in one field.
    pub(crate) fn at(mut self, field: &str) -> Self {
        self.0["loc"] = json!(["body", field]);
        self
    }

    /// Adds the wrong value. Long texts in it, such as data URIs, are cut.
    pub(crate) fn input(mut self, input: &Value) -> Self {
        self.0["input"] = cut(input);
        self
    }

    /// Adds the facts that are documented for the type.
    pub(crate) fn context(mut self, context: Value) -> Self {
        self.0["ctx"] = context;
        self
    }

    /// The problem in words.
    pub(crate) fn text(&self) -> String {
        let message = self.0["msg"].as_str().unwrap_or_default();
        match self.0["loc"][1].as_str() {
            Some(field) => format!("{field}: {message}"),
            None => message.to_owned(),
        }
    }
}

/// Shortens a value for an error message: long strings and long lists are cut.
fn cut(value: &Value) -> Value {
    const LONGEST: usize = 300;
    match value {
        Value::String(text) if text.len() > LONGEST => {
            let head: String = text.chars().take(LONGEST).collect();
            json!(format!("{head}…"))
        }
        Value::Array(items) => items.iter().take(20).map(cut).collect(),
        Value::Object(fields) => fields
            .iter()
            .take(50)
            .map(|(name, value)| (name.clone(), cut(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_field_in_the_body_and_in_the_status() {
        let detail = Detail::new("missing", "Field required").at("prompt");
        let outcome = Outcome::refused(&[detail.input(&json!({}))]);
        assert_eq!(outcome.status, 422);
        assert_eq!(
            outcome.body,
            json!({"detail": [{
                "loc": ["body", "prompt"],
                "msg": "Field required",
                "type": "missing",
                "input": {},
                "url": "https://docs.fal.ai/errors/#missing",
            }]})
        );
        let error = outcome.error.expect("a failure");
        assert_eq!(error.text, "prompt: Field required");
        assert_eq!(error.kind, None);
    }

    #[test]
    fn long_input_is_cut_wherever_it_is() {
        let long = "é".repeat(5000);
        let detail = Detail::new("missing", "").input(&json!({"image_url": long}));
        assert!(detail.0.to_string().len() < 1000);
    }
}
