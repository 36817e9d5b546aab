//! The documented errors, by name: of the key check (protocol §3.2), of models (§10.1), of apps (§10.2), of the
//! infrastructure (§10.3), and of the gateway (§10.4).

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::answer::Answer;
use crate::protocol::{Detail, FailureType};

const LOCKED: &str = "User is locked. Reason: Exhausted balance. Top up your balance.";

macro_rules! nginx {
    ($title:literal) => {
        concat!(
            "<html>\r\n<head><title>",
            $title,
            "</title></head>\r\n<body>\r\n<center><h1>",
            $title,
            "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        )
    };
}

/// Errors whose body is one sentence.
const SENTENCES: [(&str, StatusCode, &str); 4] = [
    (
        "unauthorized",
        StatusCode::UNAUTHORIZED,
        "invalid key credentials",
    ),
    (
        "no_key",
        StatusCode::UNAUTHORIZED,
        "Authorization header is required",
    ),
    ("locked", StatusCode::FORBIDDEN, LOCKED),
    (
        "app_error",
        StatusCode::INTERNAL_SERVER_ERROR,
        "Internal Server Error",
    ),
];

/// Errors of models, each with whether a retry may help.
const MODEL: [(&str, StatusCode, bool); 5] = [
    (
        "internal_server_error",
        StatusCode::INTERNAL_SERVER_ERROR,
        true,
    ),
    ("generation_timeout", StatusCode::GATEWAY_TIMEOUT, true),
    (
        "downstream_service_error",
        StatusCode::INTERNAL_SERVER_ERROR,
        true,
    ),
    (
        "downstream_service_unavailable",
        StatusCode::INTERNAL_SERVER_ERROR,
        true,
    ),
    (
        "content_policy_violation",
        StatusCode::UNPROCESSABLE_ENTITY,
        false,
    ),
];

/// Errors of the gateway, which are HTML pages.
const GATEWAY: [(&str, StatusCode, &str); 3] = [
    (
        "bad_gateway",
        StatusCode::BAD_GATEWAY,
        nginx!("502 Bad Gateway"),
    ),
    (
        "service_unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        nginx!("503 Service Temporarily Unavailable"),
    ),
    (
        "gateway_timeout",
        StatusCode::GATEWAY_TIMEOUT,
        nginx!("504 Gateway Time-out"),
    ),
];

/// The only documented error with status 429.
const RATE_LIMITED: &str = "rate_limited";
const LIMIT: &str = "concurrent_requests_limit";
/// The deadline that the caller set: status 504, and not to be retried.
const USER_TIMEOUT: &str = "user_timeout";

/// The documented answer of this name.
pub(super) fn find(name: &str) -> Option<Answer> {
    let sentence = SENTENCES.iter().find(|(known, ..)| *known == name);
    if let Some((_, status, text)) = sentence {
        return Some(Answer::new(*status, Some(&json!({ "detail": text }))));
    }
    if let Some((_, status, again)) = MODEL.iter().find(|(known, ..)| *known == name) {
        return Some(model(name, *status, *again));
    }
    if let Some((_, status, page)) = GATEWAY.iter().find(|(known, ..)| *known == name) {
        return Some(Answer::html(*status, page));
    }
    match name {
        RATE_LIMITED | LIMIT => Some(with(
            around(FailureType::find(LIMIT)?),
            "x-fal-needs-retry",
            "1",
        )),
        USER_TIMEOUT => {
            let answer = around(FailureType::REQUEST_TIMEOUT);
            Some(with(answer, "x-fal-request-timeout-type", "user"))
        }
        name => Some(around(FailureType::find(name)?)),
    }
}

/// The names of all errors.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let sentences = SENTENCES.iter().map(|(name, ..)| *name);
    let models = MODEL.iter().map(|(name, ..)| *name);
    let gateway = GATEWAY.iter().map(|(name, ..)| *name);
    let others = [RATE_LIMITED, USER_TIMEOUT].into_iter();
    sentences
        .chain(others)
        .chain(gateway)
        .chain(models)
        .chain(FailureType::names())
}

fn model(name: &str, status: StatusCode, again: bool) -> Answer {
    let text = format!("The model failed: {}", name.replace('_', " "));
    let body = Value::from_iter([("detail", json!([Detail::new(name, text).into_json()]))]);
    let answer = Answer::new(status, Some(&body));
    let (retryable, needs_retry) = if again { ("true", "1") } else { ("false", "0") };
    let answer = with(answer, "x-fal-retryable", retryable);
    with(answer, "x-fal-needs-retry", needs_retry)
}

fn around(kind: FailureType) -> Answer {
    let text = format!("The request failed: {}", kind.name.replace('_', " "));
    let body = json!({ "detail": text, "error_type": kind.name });
    let answer = Answer::new(kind.status(), Some(&body));
    with(answer, "x-fal-error-type", kind.name)
}

fn with(answer: Answer, name: &'static str, value: &'static str) -> Answer {
    answer.with(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn every_name_has_its_documented_status_and_body() {
        for name in names() {
            let response = find(name).expect(name).response();
            let status = response.status().as_u16();
            assert!((400..600).contains(&status), "{name}: {status}");
            let is_page = response.headers()["content-type"] == "text/html; charset=utf-8";
            let body = response
                .into_body()
                .collect()
                .await
                .expect("whole")
                .to_bytes();
            if !is_page {
                let body: Value = serde_json::from_slice(&body).expect(name);
                assert!(!body["detail"].is_null(), "{name}: {body}");
            }
        }
        assert!(find("sulking").is_none());
    }

    #[test]
    fn headers_say_what_the_protocol_says() {
        for (name, status, header, value) in [
            ("rate_limited", 429, "x-fal-needs-retry", "1"),
            (
                "rate_limited",
                429,
                "x-fal-error-type",
                "concurrent_requests_limit",
            ),
            ("user_timeout", 504, "x-fal-request-timeout-type", "user"),
            (
                "runner_disconnected",
                503,
                "x-fal-error-type",
                "runner_disconnected",
            ),
            ("content_policy_violation", 422, "x-fal-needs-retry", "0"),
            ("generation_timeout", 504, "x-fal-retryable", "true"),
        ] {
            let response = find(name).expect(name).response();
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(response.headers()[header], value, "{name}");
        }
    }
}
