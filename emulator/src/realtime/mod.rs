//! Calls on a WebSocket: realtime, whose inputs and results are messages (protocol §8.1), and `ws.fal.run`, where each
//! message is a run (§8.2).

mod frame;
mod pending;
mod runs;
mod script;
mod session;
mod worker;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::StatusCode;
use axum::response::Response;

use crate::cancel::Cancel;
use crate::own::Own;
use crate::protocol::{self, ApiError, Call, LARGEST_BODY};
use crate::queue::Queue;
use crate::tokens::Scope;
use crate::{random, reply};
use runs::Runs;
use session::Session;

/// The largest message, in bytes.
const LARGEST_MESSAGE: usize = 16 << 20;
/// The number of inputs that may wait if the caller sets none. When there are more, the oldest are dropped.
const BUFFERING: usize = 1000;
/// The largest number that fal's clients allow callers to set.
const MOST_BUFFERING: usize = 60;

/// The parts of the emulator that calls on a `WebSocket` use.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(crate) queue: Arc<Queue>,
    /// Whether calls are forwarded to fal.ai. Those on a `WebSocket` are not, and are refused then.
    pub(crate) forwards: bool,
    /// Set when the emulator ends, as connections outlive their request.
    pub(crate) ending: Arc<Cancel>,
}

/// Answers a handshake of realtime.
pub(crate) fn answer(sockets: &Sockets, mut call: Call) -> Result<Response, ApiError> {
    let path = call.path.trim_matches('/').to_owned();
    if sockets.forwards {
        return Err(not_forwarded("wss://fal.run"));
    }
    if sockets.queue.apps.own(&path) != Some(Own::Realtime) {
        return Err(absent(&sockets.queue, &path));
    }
    let Some(buffering) = buffering(&call) else {
        let text = format!("max_buffering must be 1 to {MOST_BUFFERING}");
        return Err(ApiError::Unprocessable(text));
    };
    let Some(upgrade) = call.socket.take() else {
        return Ok(no_socket());
    };
    let session = Session {
        is_authorized: is_authorized(&sockets.queue, &call, &path),
        ending: Arc::clone(&sockets.ending),
        buffering,
    };
    Ok(open(upgrade, session))
}

/// Answers a handshake of HTTP over a WebSocket.
pub(crate) fn answer_runs(sockets: &Sockets, mut call: Call) -> Result<Response, ApiError> {
    let path = call.path.trim_matches('/').to_owned();
    let queue = &sockets.queue;
    if sockets.forwards {
        return Err(not_forwarded("wss://ws.fal.run"));
    }
    queue.tokens.check_call(&call, Scope::Path(&path))?;
    queue.apps.check(&path)?;
    let Some(upgrade) = call.socket.take() else {
        return Ok(no_socket());
    };
    let runs = Runs::of(queue, &sockets.ending, call);
    let upgrade = upgrade.max_message_size(LARGEST_BODY);
    Ok(upgrade.on_upgrade(|socket| runs.serve(socket)))
}

fn not_forwarded(host: &str) -> ApiError {
    ApiError::NotImplemented(format!(
        "With FAL_KEY set, this emulator forwards HTTP calls to fal.ai and no WebSockets: connect to {host} itself, with a token"
    ))
}

fn no_socket() -> Response {
    reply::detail(StatusCode::UPGRADE_REQUIRED, "Not a WebSocket")
}

fn open(upgrade: WebSocketUpgrade, session: Session) -> Response {
    let upgrade = upgrade.max_message_size(LARGEST_MESSAGE);
    let response = upgrade.on_upgrade(|socket| session.serve(socket));
    reply::with_request_id(response, &random::uuid())
}

/// Whether the handshake has a valid token, or a key. It needs one, as no proxy adds the key to a WebSocket.
fn is_authorized(queue: &Queue, call: &Call, path: &str) -> bool {
    if call.parameter("fal_jwt_token").is_some() {
        return queue.tokens.check_call(call, Scope::Path(path)).is_ok();
    }
    call.headers.contains_key("authorization")
}

/// The refusal for an endpoint without realtime.
fn absent(queue: &Queue, path: &str) -> ApiError {
    if let Err(refusal) = queue.apps.check(path) {
        return refusal;
    }
    let base = protocol::base(path).unwrap_or(path);
    let below = path.strip_prefix(base).unwrap_or_default();
    ApiError::NotFound(format!("Path {below} not found"))
}

/// The number of inputs that may wait. `None` if the caller set a wrong number.
fn buffering(call: &Call) -> Option<usize> {
    let Some(given) = call.parameter("max_buffering") else {
        return Some(BUFFERING);
    };
    given
        .parse()
        .ok()
        .filter(|most| (1..=MOST_BUFFERING).contains(most))
}
