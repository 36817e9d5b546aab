//! The emulator's own endpoints, which fal.ai does not have. They behave as tests of clients need it: `emulator/echo`,
//! `emulator/content`, `emulator/stream` and `emulator/realtime`.

mod content;
mod echo;
mod input;
mod stream;

use axum::http::StatusCode;
use axum::response::Response;

pub(crate) use echo::Echo;

use crate::input_memory::InputMemory;
use crate::protocol::{ApiError, Call};
use crate::reply;

/// One of the emulator's own endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// Returns the request.
    Echo,
    /// Answers with any body, content type and status.
    Content,
    /// Sends the events of a script.
    Stream,
    /// Answers on a WebSocket as the inputs describe.
    Realtime,
}

impl Own {
    /// The endpoint for a path without slashes at its ends. Clients append `/stream` and `/realtime` to ids that may already end so (protocol §2.2).
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.strip_prefix("emulator/")? {
            "content" => Some(Self::Content),
            "stream" | "stream/stream" => Some(Self::Stream),
            "realtime" | "realtime/realtime" => Some(Self::Realtime),
            path if is_echo(path) => Some(Self::Echo),
            _ => None,
        }
    }
}

/// Whether a path is one of the echo: `echo` and all paths below it, except those that end like a stream's or a
/// WebSocket's.
fn is_echo(path: &str) -> bool {
    let below = path.strip_prefix("echo");
    below.is_some_and(|below| {
        let is_other = below.ends_with("/stream") || below.ends_with("/realtime");
        below.is_empty() || below.starts_with('/') && !is_other
    })
}

/// Answers a call of `endpoint` on `fal.run`.
pub(crate) async fn answer(
    memory: &InputMemory,
    call: Call,
    endpoint: Own,
) -> Result<Response, ApiError> {
    match endpoint {
        Own::Echo => echo::send_back(memory, call).await,
        Own::Content => content::send(call).await,
        Own::Stream => stream::start(call).await,
        Own::Realtime => Ok(reply::detail(
            StatusCode::UPGRADE_REQUIRED,
            "emulator/realtime is a WebSocket: connect to it with ws://",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_found_with_its_ending_once_or_twice() {
        for (path, own) in [
            ("emulator/echo", Some(Own::Echo)),
            ("emulator/echo/any/path", Some(Own::Echo)),
            ("emulator/content", Some(Own::Content)),
            ("emulator/stream", Some(Own::Stream)),
            ("emulator/stream/stream", Some(Own::Stream)),
            ("emulator/realtime", Some(Own::Realtime)),
            ("emulator/realtime/realtime", Some(Own::Realtime)),
            ("emulator/echo/stream", None),
            ("emulator/echoes", None),
            ("emulator", None),
            ("fal-ai/echo", None),
        ] {
            assert_eq!(Own::of(path), own, "{path}");
        }
    }
}
