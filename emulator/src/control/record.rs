//! The received requests, which tests count and examine. The record says that a secret was present, but does not keep
//! the secret.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use crate::http::redact_header;

/// The most requests that are kept. When there are more, the oldest are dropped.
const MOST: usize = 20_000;
/// The largest JSON body that is kept, in bytes.
const LARGEST_BODY: usize = 64 << 10;

/// One request.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) target: Option<String>,
    pub(super) service: Option<&'static str>,
    pub(super) headers: HeaderMap,
    pub(super) body: Arc<Mutex<Received>>,
}

/// The part of a body that has been read.
#[derive(Debug, Default)]
pub(super) struct Received {
    bytes: usize,
    start: Vec<u8>,
}

/// The requests since the record was last cleared.
#[derive(Debug)]
pub(super) struct Records {
    began: Instant,
    received: Mutex<VecDeque<(Instant, Record)>>,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            received: Mutex::default(),
        }
    }
}

impl Records {
    pub(super) fn add(&self, record: Record) {
        let mut received = self.received.lock();
        if received.len() == MOST {
            received.pop_front();
        }
        received.push_back((Instant::now(), record));
    }

    pub(super) fn clear(&self) {
        let mut received = self.received.lock();
        received.clear();
    }

    pub(super) fn to_json(&self) -> Value {
        let received = self.received.lock();
        let entry = |(at, record): &(Instant, Record)| {
            let mut entry = record.to_json();
            entry["at_ms"] = json!(at.duration_since(self.began).as_secs_f64() * 1000.0);
            entry
        };
        received.iter().map(entry).collect()
    }
}

impl Record {
    fn to_json(&self) -> Value {
        let body = self.body.lock();
        let mut entry = json!({
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "target": self.target,
            "service": self.service,
            "headers": shown(&self.headers),
            "body_bytes": body.bytes,
        });
        let is_whole = body.bytes > 0 && body.bytes == body.start.len();
        if is_whole
            && is_json(&self.headers)
            && let Ok(value) = serde_json::from_slice::<Value>(&body.start)
        {
            entry["body"] = value;
        }
        entry
    }
}

fn shown(headers: &HeaderMap) -> Map<String, Value> {
    let mut shown = Map::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| redact_header(name, value)).collect();
        shown.insert(name.to_string(), values.join(", ").into());
    }
    shown
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

/// A body that is recorded while a handler reads it.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) body: Body,
    pub(super) received: Arc<Mutex<Received>>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            let mut received = self.received.lock();
            received.bytes += data.len();
            if received.bytes <= LARGEST_BODY {
                received.start.extend_from_slice(data);
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
