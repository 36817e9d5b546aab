//! From an answer to the facts that the engine decides by, and to the error that the caller gets.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    error::{Error, FieldError},
    reply::{Content, Reply},
};
use crate::{
    answer::{Answer, Body, NamedRequest, Problem},
    engine::{ErrorBody, HttpError, NamedUrls, Rejection, Standing},
    protocol::{Operation, QueueStatus},
};

/// The facts of an answer of 2xx. `asked` is the request that the call is about.
pub(super) fn answer_facts(
    reply: &Reply,
    asked: Option<&str>,
    is_known: impl Fn(&str) -> bool,
) -> Answer {
    let said = spoken_json(&reply.content);
    let said = said.as_deref();
    let status = text_at(said, "status");
    let name = |id: Option<&str>| match id.filter(|id| !id.is_empty()) {
        None => NamedRequest::Nobody,
        Some(id) if Some(id) == asked => NamedRequest::Asked,
        Some(id) if is_known(id) => NamedRequest::Known,
        Some(_) => NamedRequest::Stranger,
    };
    let has = |field| {
        said.and_then(|said| said.get(field))
            .is_some_and(|it| !it.is_null())
    };
    Answer {
        body: body_kind(&reply.content),
        status: QueueStatus::parse(status.unwrap_or_default()),
        is_like_status: status.is_some_and(|status| !status.is_empty())
            && has("request_id")
            && has("response_url"),
        header: name(reply.headers.request_id.as_deref()),
        request_id: name(text_at(said, "request_id")),
    }
}

/// The JSON of an answer, also of one that came as text.
fn spoken_json(content: &Content) -> Option<Cow<'_, Value>> {
    match content {
        Content::Json { value, .. } => Some(Cow::Borrowed(value)),
        Content::Text(text) if text.starts_with('{') => {
            serde_json::from_str(text).ok().map(Cow::Owned)
        }
        _ => None,
    }
}

fn body_kind(content: &Content) -> Body {
    match content {
        Content::Json { .. } => Body::Json,
        Content::Text(_) => Body::Text,
        Content::Bytes(_) => Body::Bytes,
        Content::Empty => Body::Empty,
        Content::Broken(_) => Body::Broken,
        Content::Page(_) => Body::Page,
        Content::Events(_) | Content::Stream => Body::Events,
    }
}

fn text_at<'a>(value: Option<&'a Value>, field: &str) -> Option<&'a str> {
    value?.get(field)?.as_str()
}

/// Where a request stands, by a status.
pub(super) fn standing(status: &Value) -> Standing {
    let text = |name| text_at(Some(status), name);
    Standing::read(
        text("status").unwrap_or_default(),
        status.get("queue_position").and_then(Value::as_f64),
        text("error"),
        text("error_type"),
    )
}

/// The URLs that the reply to a submit names (§5.1).
pub(super) fn named_urls(reply: &Value) -> NamedUrls<'_> {
    NamedUrls {
        status: text_at(Some(reply), "status_url"),
        response: text_at(Some(reply), "response_url"),
        cancel: text_at(Some(reply), "cancel_url"),
    }
}

/// The facts of the body of an HTTP error, or of the answer to a cancel.
pub(super) fn error_body(content: &Content) -> ErrorBody<'_> {
    let json = content.json();
    let is_spoken = |text: &str| !text.trim().is_empty();
    ErrorBody {
        is_empty: match content {
            Content::Empty => true,
            Content::Json { value, .. } => says_nothing(value),
            _ => false,
        },
        is_text: matches!(content, Content::Text(_) | Content::Page(_)),
        detail: text_at(json, "detail").unwrap_or_default(),
        status: text_at(json, "status").unwrap_or_default(),
        has_error_type: text_at(json, "error_type").is_some_and(is_spoken),
        has_input_findings: findings(json)
            .iter()
            .any(|finding| finding.pointer("/loc/0").and_then(Value::as_str) == Some("body")),
        says_success: json.and_then(|json| json.get("success")) == Some(&Value::Bool(true)),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn findings(body: Option<&Value>) -> &[Value] {
    let detail = body.and_then(|body| body.get("detail"));
    detail.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The facts of an HTTP error. `listed` is the caller's own list of statuses to retry.
pub(super) fn http_error<'a>(reply: &'a Reply, listed: Option<&[u16]>) -> HttpError<'a> {
    HttpError {
        status: reply.status,
        is_listed: listed.map(|listed| listed.contains(&reply.status)),
        retry_after_ms: reply.headers.retry_after_ms,
        is_user_timeout: reply.headers.timeout_type.as_deref() == Some("user"),
        names_error_type: error_type(reply).is_some(),
        had_own_url: reply.had_own_url,
        body: error_body(&reply.content),
    }
}

/// The type of the failure that an answer names (§10.2).
fn error_type(reply: &Reply) -> Option<&str> {
    let body = reply.content.json();
    let first = || {
        findings(body)
            .first()
            .and_then(|finding| finding.get("type"))
    };
    reply
        .headers
        .error_type
        .as_deref()
        .or_else(|| text_at(body, "error_type"))
        .or_else(|| first().and_then(Value::as_str))
}

/// An HTTP error as the caller gets it.
pub(super) fn api_error(operation: Operation, reply: &Reply, rejection: Rejection) -> Error {
    let body = match &reply.content {
        Content::Json { value, .. } => value.clone(),
        content => Value::String(content.text().into()),
    };
    let fields: Box<[_]> = findings(Some(&body)).iter().map(field_error).collect();
    Error::Api {
        operation: operation.rule().name,
        status: reply.status,
        message: message_of(&body, &fields),
        error_type: error_type(reply).map(Into::into),
        request_id: reply.headers.request_id.clone(),
        is_final: rejection.is_final,
        fields,
        body: Box::new(body),
    }
}

/// A finding of the service: the field as a path, its type and its words.
fn field_error(finding: &Value) -> FieldError {
    let text = |name| text_at(Some(finding), name).unwrap_or_default().to_owned();
    let parts = finding.get("loc").and_then(Value::as_array);
    let mut field = String::new();
    for part in parts.into_iter().flatten().skip(1) {
        match part {
            Value::String(name) if field.is_empty() => field.push_str(name),
            Value::String(name) => field.extend([".", name]),
            index => field.extend(["[", &index.to_string(), "]"]),
        }
    }
    FieldError {
        field,
        kind: text("type"),
        message: text("msg"),
    }
}

/// The service's words: of the findings, of `detail`, or the text itself.
fn message_of(body: &Value, fields: &[FieldError]) -> String {
    const LONGEST: usize = 300;
    if !fields.is_empty() {
        let words: Vec<_> = fields.iter().map(ToString::to_string).collect();
        return words.join("; ");
    }
    let named = ["detail", "error", "message"];
    let named = named.iter().find_map(|name| text_at(Some(body), name));
    let words = named.or_else(|| body.as_str()).unwrap_or_default().trim();
    match words {
        "" => "without words".into(),
        words => words.chars().take(LONGEST).collect(),
    }
}

/// An answer that does not count, as the caller gets it.
pub(super) fn bad_answer(operation: Operation, problem: Problem, reply: &Reply) -> Error {
    Error::BadAnswer {
        operation: operation.rule().name,
        problem: problem_words(problem).into(),
        field: None,
        text: reply.content.text().into(),
        // The job may exist, and be found by this id.
        request_id: (operation == Operation::Submit)
            .then(|| reply.headers.request_id.clone())
            .flatten(),
    }
}

fn problem_words(problem: Problem) -> &'static str {
    match problem {
        Problem::Empty => "the answer is empty",
        Problem::Page => "the answer is a web page: of a login, a proxy or a router, for instance",
        Problem::Events => "the answer is a stream of events",
        Problem::NoJson => "the answer is not JSON, or not all of it",
        Problem::NoStatus => "the answer has no status of this protocol",
        Problem::StatusForResult => "the answer is a status in place of the result",
        Problem::OtherRequest => "the answer is about another request",
        Problem::NoRequestId => "the answer names no request_id",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Fault;
    use serde_json::json;

    fn reply(status: u16, body: &Value) -> Reply {
        Reply {
            status,
            content: Content::read("application/json", body.to_string().into_bytes(), true),
            ..Reply::default()
        }
    }

    const OPEN: Rejection = Rejection {
        fault: Fault::HttpError,
        is_final: false,
    };

    #[test]
    fn an_answer_names_the_request_that_was_asked_for_a_known_one_or_a_stranger() {
        let status =
            |id: &str| json!({ "status": "IN_QUEUE", "request_id": id, "response_url": "u" });
        let named = |id: &str| {
            let facts = answer_facts(&reply(200, &status(id)), Some("r-1"), |id| id == "r-2");
            assert!(facts.is_like_status);
            facts.request_id
        };
        assert_eq!(named("r-1"), NamedRequest::Asked);
        assert_eq!(named("r-2"), NamedRequest::Known);
        assert_eq!(named("r-3"), NamedRequest::Stranger);
        assert_eq!(named(""), NamedRequest::Nobody);
    }

    #[test]
    fn a_status_that_came_as_text_is_read_all_the_same() {
        let content = Content::Text(r#"{"status":"COMPLETED"}"#.into());
        let reply = Reply {
            content,
            ..Reply::default()
        };
        let facts = answer_facts(&reply, None, |_| false);
        assert_eq!(
            (facts.body, facts.status),
            (Body::Text, QueueStatus::Completed)
        );
        assert!(!facts.is_like_status);
    }

    #[test]
    fn a_refusal_of_the_input_names_its_fields() {
        let body = json!({ "detail": [
            { "loc": ["body", "images", 0, "url"], "msg": "is no image", "type": "file_type" },
            { "loc": ["body", "prompt"], "msg": "is required", "type": "missing" },
        ] });
        let reply = reply(422, &body);
        let error = api_error(Operation::Result, &reply, OPEN);
        assert_eq!(
            error.to_string(),
            "result: HTTP 422: images[0].url: is no image; prompt: is required"
        );
        assert_eq!(error.fields()[0].kind, "file_type");
        let facts = http_error(&reply, None);
        assert!(facts.body.has_input_findings && facts.names_error_type);
    }

    #[test]
    fn an_error_speaks_with_the_services_words() {
        for (body, words) in [
            (
                json!({ "detail": "Request not found" }),
                "Request not found",
            ),
            (json!({ "error": "gone" }), "gone"),
            (json!({}), "without words"),
            (json!({ "detail": { "deep": 1 } }), "without words"),
        ] {
            let error = api_error(Operation::Status, &reply(404, &body), OPEN);
            assert_eq!(error.to_string(), format!("status: HTTP 404: {words}"));
        }
        let page = Reply {
            status: 502,
            content: Content::read_error(b"<h1>Bad gateway".to_vec()),
            ..Reply::default()
        };
        assert!(http_error(&page, None).body.is_text);
        assert_eq!(
            api_error(Operation::Status, &page, OPEN).to_string(),
            "status: HTTP 502: <h1>Bad gateway"
        );
    }

    #[test]
    fn the_answers_to_a_cancel_are_read_by_their_words() {
        let body = reply(202, &json!({ "status": "CANCELLATION_REQUESTED" })).content;
        assert_eq!(error_body(&body).status, "CANCELLATION_REQUESTED");
        assert!(error_body(&reply(200, &json!({ "success": true })).content).says_success);
        assert!(error_body(&Content::Empty).is_empty);
        assert!(error_body(&reply(200, &json!(null)).content).is_empty);
        // An object is an answer of somebody's, whether fal's is not known: it confirms no cancel.
        assert!(!error_body(&reply(200, &json!({})).content).is_empty);
    }

    #[test]
    fn the_callers_own_list_decides_what_is_listed() {
        let reply = reply(418, &json!({}));
        assert_eq!(http_error(&reply, None).is_listed, None);
        assert_eq!(http_error(&reply, Some(&[418])).is_listed, Some(true));
        assert_eq!(http_error(&reply, Some(&[])).is_listed, Some(false));
    }
}
