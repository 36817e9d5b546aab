//! One request to fal.ai, by the proxy or by a direct URL.

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, Method};

use super::origin::Origin;

/// A part of fal.ai that has hosts of its own (protocol §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// Synchronous runs and streams.
    Run,
    /// Synchronous runs on a WebSocket.
    Socket,
    /// The queue.
    Queue,
    /// Storage and tokens.
    Rest,
    /// Files.
    Cdn,
}

impl Service {
    /// The service behind a host name; exact matches only.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        match host {
            "fal.run" => Some(Self::Run),
            "ws.fal.run" => Some(Self::Socket),
            "queue.fal.run" => Some(Self::Queue),
            "rest.fal.ai" | "rest.alpha.fal.ai" => Some(Self::Rest),
            "v3.fal.media" | "v3b.fal.media" => Some(Self::Cdn),
            _ => None,
        }
    }

    /// Its host name in the URLs of answers.
    pub(crate) fn host(self) -> &'static str {
        match self {
            Self::Run => "fal.run",
            Self::Socket => "ws.fal.run",
            Self::Queue => "queue.fal.run",
            Self::Rest => "rest.fal.ai",
            Self::Cdn => "v3.fal.media",
        }
    }

    /// Its name in records.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Socket => "socket",
            Self::Queue => "queue",
            Self::Rest => "rest",
            Self::Cdn => "cdn",
        }
    }
}

/// The sender of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The user of this emulator: a program of this machine, the emulator's page, or one that the
    /// user named.
    Trusted,
    #[default]
    Stranger,
}

/// A request to one of the services.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: Service,
    /// Who sent it.
    pub(crate) caller: Caller,
    pub(crate) method: Method,
    /// Starts with `/`; still percent-encoded.
    pub(crate) path: String,
    /// Without the `?`.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// Set if the caller wants a WebSocket.
    pub(crate) socket: Option<WebSocketUpgrade>,
    /// The start of URLs in the answer that lead back to the same service.
    pub(crate) base: String,
    /// The emulator's own origin, which serves the files.
    pub(crate) origin: Origin,
}

impl Call {
    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
