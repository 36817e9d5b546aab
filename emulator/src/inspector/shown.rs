//! The JSON that the inspector sends to the page, without secrets.

use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};

use super::exchange::{Capture, Exchange};
use super::record::Record;
use crate::protocol::Service;
use crate::queue::{JobDetail, JobView, StageView};
use crate::storage::FileView;
use crate::webhook::{DeliveryStage, DeliveryView};

/// The most lines of a job's log that are shown. Of a longer log, the last lines are shown.
const MOST_LOG_LINES: usize = 1000;
/// The number of bytes that are shown of a body that is not text.
const FIRST_BYTES: usize = 32;
/// The most bytes of a result or a webhook's body that are shown.
const MOST_JSON: usize = 256 << 10;

impl Record {
    /// An exchange as a row of the list.
    pub(super) fn summary(&self, exchange: &Exchange) -> Value {
        self.summarize(exchange).into()
    }

    fn summarize(&self, exchange: &Exchange) -> Map<String, Value> {
        let request = &exchange.request;
        let progress = exchange.progress();
        let answer = progress.answer.as_ref();
        let target = request.target.as_ref();
        let path = request.uri.path_and_query();
        let path = path.map_or("/", axum::http::uri::PathAndQuery::as_str);
        let row = [
            ("id", json!(exchange.id)),
            ("at_ms", json!(self.clock.unix_ms(exchange.began))),
            ("method", json!(request.method.as_str())),
            ("path", json!(self.redaction.url(path))),
            (
                "target",
                json!(target.map(|url| self.redaction.url(url.as_str()))),
            ),
            ("service", json!(request.call.service.map(Service::name))),
            ("route", json!(request.call.route_name())),
            ("endpoint", json!(request.endpoint)),
            (
                "request_id",
                json!(request_id(exchange, answer.map(|it| &it.headers))),
            ),
            ("file", json!(request.file)),
            ("status", json!(answer.map(|answer| answer.status.as_u16()))),
            (
                "answered_after_ms",
                json!(answer.map(|answer| ms(answer.after))),
            ),
            (
                "ended_after_ms",
                json!(progress.end.map(|(after, _)| ms(after))),
            ),
            (
                "ending",
                json!(progress.end.map(|(_, ending)| ending.name())),
            ),
            ("is_struck", json!(progress.is_struck)),
            ("request_bytes", json!(progress.request.bytes)),
            (
                "answer_bytes",
                json!(answer.map_or(0, |answer| answer.body.bytes)),
            ),
            (
                "content_type",
                json!(answer.and_then(|answer| content_type(&answer.headers))),
            ),
        ];
        row.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// An exchange with its headers and bodies.
    pub(super) fn detail(&self, exchange: &Exchange) -> Value {
        let mut detail = self.summarize(exchange);
        let progress = exchange.progress();
        let headers = &exchange.request.headers;
        let request = json!({
            "headers": self.redaction.headers(headers),
            "body": self.body(&progress.request, headers),
        });
        let answer = progress.answer.as_ref().map(|answer| {
            json!({
                "reason": answer.status.canonical_reason(),
                "headers": self.redaction.headers(&answer.headers),
                "body": self.body(&answer.body, &answer.headers),
            })
        });
        detail.insert("request".to_owned(), request);
        detail.insert("answer".to_owned(), answer.into());
        detail.into()
    }

    /// A body: its text, or its first bytes.
    fn body(&self, body: &Capture, headers: &HeaderMap) -> Value {
        let kind = content_type(headers);
        let mut shown = json!({ "bytes": body.bytes, "content_type": kind });
        if body.bytes == 0 {
            return shown;
        }
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        if let Some(text) = text_in(&body.start, body.is_cut()) {
            shown["text"] = self.redact(&kind, text).into();
            shown["is_cut"] = body.is_cut().into();
        } else {
            let first = body.start.iter().take(FIRST_BYTES);
            let first: Vec<_> = first.map(|byte| format!("{byte:02x}")).collect();
            shown["first_bytes"] = first.join(" ").into();
        }
        shown
    }

    fn redact(&self, kind: &str, text: &str) -> String {
        let start = text.trim_start();
        if kind.contains("event-stream") {
            self.redaction.events(text)
        } else if kind.contains("x-www-form-urlencoded") {
            self.redaction.form(text)
        } else if kind.contains("json") || start.starts_with(['{', '[', '"']) {
            self.redaction.json(text)
        } else {
            self.redaction.text(text)
        }
    }

    /// A job of the list.
    pub(super) fn job(&self, job: &JobView) -> Value {
        let mut shown = json!({
            "request_id": job.request_id,
            "endpoint": job.endpoint,
            "submitted_ms": self.clock.unix_ms(job.submitted),
            "log_lines": job.log_lines,
            "last_line": job.last_line.as_deref().map(|line| self.redaction.text(line)),
        });
        match &job.stage {
            StageView::Waiting { ahead } => {
                shown["status"] = json!("IN_QUEUE");
                shown["ahead"] = json!(ahead);
            }
            StageView::Working { since } => {
                shown["status"] = json!("IN_PROGRESS");
                shown["started_ms"] = json!(self.clock.unix_ms(*since));
            }
            StageView::Done {
                worked,
                status,
                error,
                error_type,
            } => {
                shown["status"] = json!("COMPLETED");
                shown["worked_ms"] = json!(ms(*worked));
                shown["result_status"] = json!(status.as_u16());
                shown["error"] = json!(error.as_deref().map(|text| self.redaction.text(text)));
                shown["error_type"] = json!(error_type);
            }
        }
        shown
    }

    /// A job with its log and its result.
    pub(super) fn job_detail(&self, job: &JobDetail) -> Value {
        let mut shown = self.job(&job.view);
        let from = job.logs.len().saturating_sub(MOST_LOG_LINES);
        let lines = job.logs.iter().skip(from).map(|line| {
            json!({
                "message": self.redaction.text(&line.message),
                "timestamp": line.timestamp,
            })
        });
        shown["logs"] = lines.collect();
        shown["logs_before"] = json!(from);
        if let Some(result) = &job.result {
            let text = match (&result.content_type, &result.body) {
                (Some(_), Value::String(text)) => text.clone(),
                (_, value) => value.to_string(),
            };
            let kind = result.content_type.as_deref();
            shown["result"] = self.whole(kind.unwrap_or("application/json"), &text);
        }
        shown
    }

    fn whole(&self, kind: &str, text: &str) -> Value {
        let end = text.floor_char_boundary(MOST_JSON);
        let start = text.get(..end).unwrap_or_default();
        json!({
            "bytes": text.len(),
            "content_type": kind,
            "text": self.redact(kind, start),
            "is_cut": end < text.len(),
        })
    }

    /// A delivery of the list.
    pub(super) fn delivery(&self, delivery: &DeliveryView) -> Value {
        let (stage, next_ms) = match delivery.stage {
            DeliveryStage::Sending => ("sending", None),
            DeliveryStage::Waiting(next) => ("waiting", Some(self.clock.unix_ms(next))),
            DeliveryStage::Delivered => ("delivered", None),
            DeliveryStage::GivenUp => ("given up", None),
        };
        let attempts = delivery.attempts.iter().map(|attempt| {
            json!({
                "at_ms": self.clock.unix_ms(attempt.began),
                "took_ms": ms(attempt.took),
                "problem": attempt.problem.as_deref().map(|why| self.redaction.text(why)),
                "is_by_hand": attempt.is_by_hand,
            })
        });
        json!({
            "id": delivery.id,
            "request_id": delivery.request_id,
            "url": self.redaction.webhook(&delivery.url),
            "body_bytes": delivery.body_bytes,
            "stage": stage,
            "next_ms": next_ms,
            "attempts": attempts.collect::<Vec<_>>(),
        })
    }

    /// The payload of a webhook. `body` is `None` if the result is not kept any more.
    pub(super) fn delivery_body(&self, body: Option<&[u8]>) -> Value {
        match body {
            Some(body) => self.whole("application/json", &String::from_utf8_lossy(body)),
            None => self.whole("text/plain", "Its result is not kept any longer"),
        }
    }

    /// The units of all endpoints, the most expensive first.
    pub(super) fn spent(&self) -> Value {
        let spending = self.lock_spending();
        let mut endpoints: Vec<_> = spending.by_endpoint().collect();
        endpoints.sort_by(|(_, a), (_, b)| b.units.total_cmp(&a.units));
        let endpoints = endpoints.into_iter().map(|(endpoint, spent)| {
            json!({ "endpoint": endpoint, "requests": spent.requests, "units": spent.units })
        });
        endpoints.collect()
    }
}

/// A file of the list.
pub(super) fn file(file: &FileView) -> Value {
    json!({
        "path": file.path,
        "bytes": file.bytes,
        "content_type": file.content_type,
        "stored_ms": file.stored_ms,
        "expires_at_ms": file.expires_at_ms,
        "access": file.access,
    })
}

fn request_id(exchange: &Exchange, answer: Option<&HeaderMap>) -> Option<String> {
    let named = exchange.request.call.request_id.clone();
    named.or_else(|| {
        let id = answer?.get("x-fal-request-id")?;
        id.to_str().ok().map(str::to_owned)
    })
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes)?;
    Some(String::from_utf8_lossy(kind).into_owned())
}

/// The text in `bytes`, or `None` if they are not text. If the body was cut, an incomplete last character is left out.
fn text_in(bytes: &[u8], is_cut: bool) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text).filter(|text| !text.contains('\0')),
        Err(error) if is_cut && error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(whole).ok()
        }
        Err(_) => None,
    }
}

/// Milliseconds with two decimal places, as a fast answer takes less than one millisecond.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_may_end_within_a_character_if_it_was_cut() {
        assert_eq!(text_in("grün".as_bytes(), false), Some("grün"));
        let cut = &"grün".as_bytes()[..3];
        assert_eq!(
            (text_in(cut, true), text_in(cut, false)),
            (Some("gr"), None)
        );
        assert_eq!(text_in(b"\x89PNG\r\n", true), None);
        assert_eq!(text_in(b"a\0b", false), None);
    }
}
