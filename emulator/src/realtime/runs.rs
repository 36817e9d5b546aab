//! HTTP over a WebSocket (protocol §8.2): each text frame is the input of a run. The answer comes in frames: its start, its
//! body, its end. The runs of one connection are made one after another.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ws::{Message, WebSocket};
use axum::http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};

use super::session::part;
use super::worker::close;
use crate::cancel::Cancel;
use crate::protocol::{Call, Caller, Origin, Service};
use crate::queue::Queue;
use crate::{random, run};

/// How long a connection may be silent between two runs.
const IDLE: Duration = Duration::from_mins(1);
const REQUEST_ID: &str = "x-fal-request-id";

/// The facts that each run takes from the handshake.
#[derive(Debug)]
pub(super) struct Runs {
    queue: Arc<Queue>,
    /// Set when the emulator ends.
    ending: Arc<Cancel>,
    caller: Caller,
    path: String,
    query: String,
    headers: HeaderMap,
    base: String,
    origin: Origin,
}

impl Runs {
    pub(super) fn of(queue: &Arc<Queue>, ending: &Arc<Cancel>, call: Call) -> Self {
        let mut headers = call.headers;
        for name in [CONNECTION, UPGRADE] {
            headers.remove(name);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            queue: Arc::clone(queue),
            ending: Arc::clone(ending),
            caller: call.caller,
            path: call.path,
            query: call.query,
            headers,
            base: call.base,
            origin: call.origin,
        }
    }

    /// Serves the connection until it ends.
    pub(super) async fn serve(self, mut socket: WebSocket) {
        let farewell = loop {
            let input = tokio::select! {
                frame = socket.recv() => match frame {
                    Some(Ok(Message::Text(input))) => input,
                    Some(Ok(Message::Binary(_))) => break close(1003, "Send JSON in a text frame"),
                    // The next `recv` answers a close, and then ends.
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => continue,
                    // The caller has left, or has violated the protocol.
                    Some(Err(_)) | None => return,
                },
                () = tokio::time::sleep(IDLE) => break close(1000, "TIMEOUT"),
                () = self.ending.wait() => break close(1001, "The emulator ends"),
            };
            let began = Instant::now();
            let answer = run::answer(&self.queue, self.call(input.as_str().to_owned())).await;
            let response = answer.into_response();
            match send(&mut socket, response, began).await {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break close(1011, "The answer broke off"),
                Err(_) => return,
            }
        };
        part(&mut socket, farewell).await;
    }

    /// The run with this input.
    fn call(&self, input: String) -> Call {
        Call {
            service: Service::Run,
            caller: self.caller,
            method: Method::POST,
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: Body::from(input),
            socket: None,
            base: self.base.clone(),
            origin: self.origin.clone(),
        }
    }
}

/// Sends an answer in frames. Breaks if the answer breaks off, and fails if the caller has left.
async fn send(
    socket: &mut WebSocket,
    response: Response,
    began: Instant,
) -> Result<ControlFlow<()>, axum::Error> {
    let (parts, mut body) = response.into_parts();
    let id = parts.headers.get(REQUEST_ID);
    let id = id.and_then(|id| id.to_str().ok());
    let id = id.map_or_else(random::uuid, str::to_owned);
    let status = parts.status.as_u16();
    let first_byte = began.elapsed().as_secs_f64();
    let start = json!({
        "type": "start",
        "request_id": id,
        "status": status,
        "headers": shown(&parts.headers),
    });
    socket.send(Message::text(start.to_string())).await?;
    let is_text = is_text(&parts.headers);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Ok(ControlFlow::Break(()));
        };
        if let Ok(bytes) = frame.into_data() {
            socket.send(part_of_body(bytes, is_text)).await?;
        }
    }
    let end = json!({
        "type": "end",
        "request_id": id,
        "status": status,
        "time_to_first_byte_seconds": first_byte,
    });
    socket.send(Message::text(end.to_string())).await?;
    Ok(ControlFlow::Continue(()))
}

/// The headers of an answer that are text.
fn shown(headers: &HeaderMap) -> Map<String, Value> {
    let text = |value: &HeaderValue| value.to_str().map(Value::from).ok();
    let shown = |(name, value)| Some((HeaderName::to_string(name), text(value)?));
    headers.iter().filter_map(shown).collect()
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/") || kind.starts_with("application/json"))
}

/// A frame of the body. A piece of text may end within a character, and then goes as bytes.
fn part_of_body(bytes: Bytes, is_text: bool) -> Message {
    match std::str::from_utf8(&bytes) {
        Ok(text) if is_text => Message::text(text),
        _ => Message::Binary(bytes),
    }
}
