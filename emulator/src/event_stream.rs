//! Server-sent events: the answer that carries them, and the text of an event (protocol §5.4, §7).
//!
//! Written by hand: faults and tests send broken and half events, which the `Sse` of axum does not.

use std::io;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};
use serde_json::Value;

use crate::reply;

/// The content type of an event stream.
pub(crate) const KIND: &str = "text/event-stream; charset=utf-8";

/// A comment, which keeps the connection alive.
pub(crate) const COMMENT: &str = ": ping\n\n";

/// The sending end of a streamed answer. Dropping it ends the answer; `abort` cuts the connection.
pub(crate) type Writer = Sender<Bytes, io::Error>;

/// A streamed answer of this content type, and the writer of its body.
pub(crate) fn open(kind: HeaderValue) -> (Writer, Response) {
    let (writer, body) = Channel::new(1);
    let response = reply::with(Response::new(Body::new(body)), CONTENT_TYPE, kind);
    let response = reply::with(
        response,
        CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    // Tells proxies in front of the emulator, such as nginx, not to buffer events.
    let buffering = HeaderName::from_static("x-accel-buffering");
    let response = reply::with(response, buffering, HeaderValue::from_static("no"));
    (writer, response)
}

/// An event of one JSON value.
pub(crate) fn event(value: &Value) -> Bytes {
    format!("data: {value}\n\n").into()
}
