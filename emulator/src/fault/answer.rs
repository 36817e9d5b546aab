//! An answer that replaces the real one.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use httpdate::fmt_http_date;
use serde_json::Value;

use super::format::RetryAfter;

/// The login page of a network between client and server, such as a hotel's.
const LOGIN: &str = "<!DOCTYPE html>\n<html><head><title>Log in</title></head>\
                     <body><h1>Log in to use this network</h1></body></html>\n";

/// A complete answer, made when the plan is read.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    retry_after: Option<RetryAfter>,
}

impl Answer {
    /// An answer with this body: text if it is a string, otherwise JSON. `None` makes an empty body.
    pub(super) fn new(status: StatusCode, body: Option<&Value>) -> Self {
        let (kind, body) = match body {
            None => (None, String::new()),
            Some(Value::String(text)) => (Some("text/plain; charset=utf-8"), text.clone()),
            Some(value) => (Some("application/json"), value.to_string()),
        };
        let kind = kind.map(|kind| (CONTENT_TYPE, HeaderValue::from_static(kind)));
        Self {
            status,
            headers: HeaderMap::from_iter(kind),
            body: body.into(),
            retry_after: None,
        }
    }

    /// An answer with an HTML page.
    pub(super) fn html(status: StatusCode, page: &'static str) -> Self {
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        Self {
            body: Bytes::from_static(page.as_bytes()),
            ..Self::new(status, None).with(CONTENT_TYPE, kind)
        }
    }

    /// A login page with status 200.
    pub(super) fn login() -> Self {
        Self::html(StatusCode::OK, LOGIN)
    }

    /// Sets a header, and replaces one of the same name.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(super) fn retry_after(mut self, wait: Option<RetryAfter>) -> Self {
        self.retry_after = wait;
        self
    }

    pub(super) fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers.clone());
        let wait = self.retry_after.map(|wait| match wait {
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            // An HTTP date has whole seconds. One more makes sure that it is not too early.
            RetryAfter::Date(seconds) => {
                let wait = Duration::from_secs(u64::from(seconds) + 1);
                fmt_http_date(SystemTime::now() + wait)
            }
        });
        if let Some(wait) = wait.and_then(|wait| HeaderValue::from_str(&wait).ok()) {
            response.headers_mut().insert(RETRY_AFTER, wait);
        }
        response
    }
}

/// Parses a header of a fault. `None` if it is not a valid header.
pub(super) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}
