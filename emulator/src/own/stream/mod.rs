//! `emulator/stream`: sends server-sent events as a script in the input describes: well formed or not, complete or cut
//! (protocol §7). fal.ai has no such endpoint.

mod bytes;
mod script;
mod send;
mod text;

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::input;
use crate::protocol::{ApiError, Call, Detail};
use crate::{event_stream, reply};
use script::Script;

pub(super) async fn start(call: Call) -> Result<Response, ApiError> {
    let script: Script = input::read(call).await?;
    if let Some((field, text)) = script.problem() {
        return Err(Detail::new("value_error", text).at(field).into());
    }
    if let Some(status) = script.status {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let refused = json!({ "detail": "The script asked for this status" });
        return Ok(reply::json(
            status,
            script.body.as_ref().unwrap_or(&refused),
        ));
    }
    let fallback = if script.binary {
        "audio/mpeg"
    } else {
        event_stream::KIND
    };
    let kind = script.content_type.as_deref().unwrap_or(fallback);
    let Ok(kind) = HeaderValue::from_str(kind) else {
        let problem = Detail::new("value_error", "Not a header's value");
        return Err(problem.at("content_type").into());
    };
    let (writer, response) = event_stream::open(kind);
    tokio::spawn(send::perform(script, writer));
    Ok(response)
}
