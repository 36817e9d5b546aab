//! Realtime: inputs and results are messages on one WebSocket (protocol §8.1).

mod frame;
mod pending;
mod script;
mod session;
mod worker;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use crate::app::App;
use crate::call::Call;
use crate::own::Own;
use crate::tokens::{self, Scope};
use crate::{queue, random, reply, run};
use session::Session;

/// The largest message, in bytes.
const LARGEST_MESSAGE: usize = 16 << 20;
/// The number of inputs that may wait if the caller sets none. When there are more, the oldest are dropped.
const BUFFERING: usize = 1000;
/// The largest number that fal's clients allow callers to set.
const MOST_BUFFERING: usize = 60;

/// Answers a handshake.
pub(crate) fn answer(app: &Arc<App>, mut call: Call, path: &str) -> Response {
    if app.forward.is_some() {
        let text = "With FAL_KEY set, this emulator forwards HTTP calls to fal.ai and no \
                    WebSockets: connect to wss://fal.run itself, with a token";
        return reply::detail(StatusCode::NOT_IMPLEMENTED, text);
    }
    if Own::find(app, path) != Some(Own::Realtime) {
        return absent(app, path);
    }
    let Some(buffering) = buffering(&call) else {
        let text = format!("max_buffering must be 1 to {MOST_BUFFERING}");
        return reply::detail(StatusCode::UNPROCESSABLE_ENTITY, text);
    };
    let Some(upgrade) = call.socket.take() else {
        return reply::detail(StatusCode::UPGRADE_REQUIRED, "Not a WebSocket");
    };
    let session = Session {
        app: Arc::clone(app),
        is_authorized: is_authorized(app, &call, path),
        buffering,
    };
    open(upgrade, session)
}

fn open(upgrade: WebSocketUpgrade, session: Session) -> Response {
    let upgrade = upgrade.max_message_size(LARGEST_MESSAGE);
    let response = upgrade.on_upgrade(|socket| session.serve(socket));
    match HeaderValue::from_str(&random::uuid()) {
        Ok(id) => reply::with(response, HeaderName::from_static("x-fal-request-id"), id),
        Err(_) => response,
    }
}

/// Whether the handshake has a valid token, or a key. It needs one, as no proxy adds the key to a WebSocket.
fn is_authorized(app: &App, call: &Call, path: &str) -> bool {
    if call.parameter("fal_jwt_token").is_some() {
        return tokens::refusal(app, call, Scope::Path(path)).is_none();
    }
    call.headers.contains_key("authorization")
}

/// The answer for an endpoint without realtime.
fn absent(app: &App, path: &str) -> Response {
    if !queue::is_known(app, path) {
        return run::no_such_app(app, path);
    }
    let base = queue::base(path).unwrap_or(path);
    let below = path.strip_prefix(base).unwrap_or_default();
    reply::detail(StatusCode::NOT_FOUND, format!("Path {below} not found"))
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
