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
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use crate::app::App;
use crate::call::Call;
use crate::own::Own;
use crate::tokens::{self, Scope};
use crate::{queue, random, reply, run};
use runs::Runs;
use session::Session;

/// The largest message, in bytes.
const LARGEST_MESSAGE: usize = 16 << 20;
/// The number of inputs that may wait if the caller sets none. When there are more, the oldest are dropped.
const BUFFERING: usize = 1000;
/// The largest number that fal's clients allow callers to set.
const MOST_BUFFERING: usize = 60;

/// Answers a handshake of realtime.
pub(crate) fn answer(app: &Arc<App>, mut call: Call, path: &str) -> Response {
    if app.forward.is_some() {
        return not_forwarded("wss://fal.run");
    }
    if Own::find(app, path) != Some(Own::Realtime) {
        return absent(app, path);
    }
    let Some(buffering) = buffering(&call) else {
        let text = format!("max_buffering must be 1 to {MOST_BUFFERING}");
        return reply::detail(StatusCode::UNPROCESSABLE_ENTITY, text);
    };
    let Some(upgrade) = call.socket.take() else {
        return no_socket();
    };
    let session = Session {
        app: Arc::clone(app),
        is_authorized: is_authorized(app, &call, path),
        buffering,
    };
    open(upgrade, session)
}

/// Answers a handshake of HTTP over a WebSocket.
pub(crate) fn answer_runs(app: &Arc<App>, mut call: Call) -> Response {
    let path = call.path.trim_matches('/').to_owned();
    if app.forward.is_some() {
        return not_forwarded("wss://ws.fal.run");
    }
    if let Some(refused) = tokens::refusal(app, &call, Scope::Path(&path)) {
        return refused.response();
    }
    if Own::find(app, &path).is_none() && !queue::is_known(app, &path) {
        return run::no_such_app(app, &path);
    }
    let Some(upgrade) = call.socket.take() else {
        return no_socket();
    };
    let runs = Runs::of(app, call);
    upgrade
        .max_message_size(queue::LARGEST_BODY)
        .on_upgrade(|socket| runs.serve(socket))
}

fn not_forwarded(host: &str) -> Response {
    let text = format!(
        "With FAL_KEY set, this emulator forwards HTTP calls to fal.ai and no WebSockets: connect to {host} itself, with a token"
    );
    reply::detail(StatusCode::NOT_IMPLEMENTED, text)
}

fn no_socket() -> Response {
    reply::detail(StatusCode::UPGRADE_REQUIRED, "Not a WebSocket")
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
