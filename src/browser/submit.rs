//! Putting a request into the queue (protocol §5.1, §5.2).

use std::rc::Rc;

use js_sys::{JSON, Object};
use wasm_bindgen::JsValue;

use super::{
    Error, Options, Scope,
    http::{Call, Target, dispatch},
    input, object,
    options::written,
    request::Request,
    set,
    storage::lifecycle,
    validate,
};
use crate::{endpoint::EndpointId, models, retry::RetryPolicy, text};

/// Submits the request: the service's reply, with its `request_id`.
pub(crate) async fn submit(
    scope: &Rc<Scope>,
    endpoint: &EndpointId,
    options: &Options,
) -> Result<JsValue, Error> {
    let headers = headers(options)?;
    let given = options.value("input");
    let validate_off = options.or_config("validate", &scope.config) == JsValue::FALSE;
    if let Some(model) = models::find(endpoint.as_str()).filter(|_| !validate_off) {
        validate::check(model, &given)?;
    }
    let input = input::transform(scope, given, options).await?;
    let method = options.text("method").unwrap_or_default();
    let method = if method.is_empty() {
        text::joined(&["POST"])
    } else {
        method.to_ascii_uppercase()
    };
    let query = query(options, &method, &input);
    let call = Call {
        target: Target::Service,
        operation: "submit",
        method: &method,
        url: &text::joined(&[&endpoint.submit_url(), &query]),
        headers,
        body: json(&input)?,
        policy: RetryPolicy::submit(),
        scope: Some(scope),
        progress: None,
    };
    if let Some(ms) = options.number("timeout").filter(|ms| *ms > 0.0) {
        scope.start_timeout(ms);
    }
    let reply = dispatch(&scope.config, call).await?.body;
    scope.set_submitted(Request::of_reply(endpoint, &reply));
    if scope.is_abandoned() {
        scope.cancel_now();
        return Err(Error::new("aborted"));
    }
    Ok(reply)
}

/// The headers that a submit's options ask for (protocol §5.2).
fn headers(options: &Options) -> Result<Object, Error> {
    let headers = object();
    for (name, value) in options.options("headers").entries() {
        set(&headers, &name.to_ascii_lowercase(), value);
    }
    if let Some(lifecycle) = lifecycle(&options.options("storageSettings")) {
        set(&headers, "x-fal-object-lifecycle-preference", lifecycle);
    }
    let priority = options.given("priority");
    let priority = priority.unwrap_or_else(|| "normal".into());
    set(&headers, "x-fal-queue-priority", priority);
    if let Some(hint) = options.text("hint").filter(|hint| !hint.is_empty()) {
        set(&headers, "x-fal-runner-hint", hint);
    }
    let start_timeout = options.value("startTimeout");
    if !start_timeout.is_undefined() {
        // The service refuses 1 s and less; NaN fails the comparison too.
        let seconds = start_timeout.as_f64().filter(|seconds| *seconds > 1.0);
        let text = seconds.map(|seconds| written(&seconds.into()));
        let text = text.ok_or_else(|| {
            Error::argument("startTimeout", "must be a number of seconds greater than 1")
                .with("given", start_timeout)
        })?;
        set(&headers, "x-fal-request-timeout", text);
    }
    Ok(headers)
}

/// The query of a submit: the webhook, and for a GET the input itself (protocol §2.3).
fn query(options: &Options, method: &str, input: &JsValue) -> String {
    let mut query = String::new();
    let mut add = |name: &str, value: &str| {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(&text::form_encoded(name));
        query.push('=');
        query.push_str(&text::form_encoded(value));
    };
    if let Some(url) = options.text("webhookUrl").filter(|url| !url.is_empty()) {
        add("fal_webhook", &url);
    }
    if method == "GET" {
        for (name, value) in Options::new(input.clone()).entries() {
            add(&name, &written(&value));
        }
    }
    query
}

/// The body of a submit: the bare input as JSON, none where there is no input.
fn json(input: &JsValue) -> Result<Option<JsValue>, Error> {
    if input.is_falsy() {
        return Ok(None);
    }
    let text = JSON::stringify(input).map_err(|cause| {
        Error::argument("input", "cannot be written as JSON").with("cause", cause)
    })?;
    Ok(Some(text.into()))
}
