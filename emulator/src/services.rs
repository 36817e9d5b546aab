//! The services of fal.ai: hands a call to the part of the emulator that answers it.

use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::protocol::{Call, Rest, Service};
use crate::{body, caller, long_path, queue, realtime, run, storage, tokens, webhook};

/// Answers as fal.ai would.
pub(crate) async fn answer(app: &App, call: Call) -> Response {
    if let Some(refusal) = long_path::refusal(&call.path) {
        body::discard(call.body);
        return refusal;
    }
    if let Some(key) = &app.options.require_key
        && let Some(refusal) = caller::refusal(key, &call)
    {
        body::discard(call.body);
        return refusal;
    }
    let answer = match call.service {
        Service::Queue => queue::answer(&app.queue, call).await,
        Service::Rest => match Rest::of(&call.path) {
            Some(Rest::Tokens) => tokens::answer(&app.queue.tokens, call).await,
            Some(Rest::WebhookKeys) => webhook::keys(&app.queue.webhooks, &call),
            Some(Rest::Storage) | None => storage::rest(&app.storage, call).await,
        },
        Service::Cdn => storage::cdn(&app.storage, call).await,
        Service::Run if call.socket.is_some() => realtime::answer(&app.sockets, call),
        Service::Run => run::answer(&app.queue, call).await,
        Service::Socket => realtime::answer_runs(&app.sockets, call),
    };
    answer.into_response()
}
