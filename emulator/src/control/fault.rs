//! A fault: which request it strikes, and what happens then.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::mishap;
use crate::reply;

/// One fault, as a test sends it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    method: Option<String>,
    /// Part of the path and query, of the target for proxied requests.
    #[serde(default)]
    path_contains: String,
    #[serde(default = "once")]
    times: u32,
    status: Option<u16>,
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<Value>,
    #[serde(default)]
    delay_ms: u64,
    /// Drop the connection without an answer.
    #[serde(default)]
    pub(super) close: bool,
    /// Perform the request first: it arrived, but its answer was lost.
    #[serde(default)]
    pub(super) after: bool,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// What is wrong with it, for the test's author.
    pub(super) fn problem(&self) -> Option<String> {
        if self.status.is_none() && !self.close && self.delay_ms == 0 {
            return Some("A fault needs a status, close or delay_ms".to_owned());
        }
        if let Some(status) = self.status
            && !(200..=999).contains(&status)
        {
            return Some(format!("{status} is no status that can be answered with"));
        }
        self.headers
            .iter()
            .find(|(name, value)| header(name, value).is_none())
            .map(|(name, _)| format!("{name} cannot be sent as a header"))
    }

    /// Whether it strikes this request. `place` is path and query.
    pub(super) fn strikes(&self, method: &Method, place: &str) -> bool {
        let is_method = match &self.method {
            Some(wanted) => wanted.eq_ignore_ascii_case(method.as_str()),
            // Tests count the requests they know of, and preflights are none of these, nor is
            // what the emulator sends.
            None => method != Method::OPTIONS && method.as_str() != mishap::METHOD,
        };
        is_method && place.contains(&self.path_contains)
    }

    /// Uses it up once. `false` if there is nothing left of it.
    pub(super) fn spend(&mut self) -> bool {
        self.times = self.times.saturating_sub(1);
        self.times > 0
    }

    pub(super) fn status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status?).ok()
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// What it answers; `None` if it only delays or drops.
    pub(super) fn response(&self) -> Option<Response> {
        let status = self.status()?;
        let mut response = match &self.body {
            Some(Value::String(text)) => text_response(text),
            Some(value) => reply::json(status, value),
            None => Response::new(Body::empty()),
        };
        *response.status_mut() = status;
        let headers = self.headers.iter();
        for (name, value) in headers.filter_map(|(name, value)| header(name, value)) {
            response.headers_mut().insert(name, value);
        }
        Some(response)
    }
}

fn text_response(text: &str) -> Response {
    let response = Response::new(Body::from(text.to_owned()));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    reply::with(response, CONTENT_TYPE, kind)
}

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(fields: Value) -> Fault {
        serde_json::from_value(fields).expect("a fault")
    }

    #[test]
    fn a_fault_strikes_by_method_and_place() {
        let fault = fault(json!({"method": "post", "path_contains": "/status", "status": 500}));
        assert!(fault.strikes(&Method::POST, "/a/b/status?x=1"));
        assert!(!fault.strikes(&Method::GET, "/a/b/status"));
        assert!(!fault.strikes(&Method::POST, "/a/b"));
    }

    #[test]
    fn a_fault_without_a_method_leaves_preflights_alone() {
        let fault = fault(json!({"status": 500}));
        assert!(fault.strikes(&Method::PUT, "/"));
        assert!(!fault.strikes(&Method::OPTIONS, "/"));
    }

    #[test]
    fn a_fault_is_spent_after_its_times() {
        let mut fault = fault(json!({"times": 2, "close": true}));
        assert!(fault.spend());
        assert!(!fault.spend());
    }

    #[test]
    fn a_fault_that_does_nothing_or_cannot_be_sent_is_told() {
        assert!(fault(json!({})).problem().is_some());
        assert!(fault(json!({"status": 99})).problem().is_some());
        assert!(
            fault(json!({"status": 500, "headers": {"a b": ""}}))
                .problem()
                .is_some()
        );
        assert!(fault(json!({"delay_ms": 1})).problem().is_none());
    }
}
