//! Parses the paths on `rest.fal.ai`.

/// A part of `rest.fal.ai`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Temporary tokens (protocol §3.3).
    Tokens,
    /// The public keys that verify webhooks (protocol §11.3).
    WebhookKeys,
    /// Uploads (protocol §9).
    Storage,
}

impl Rest {
    /// The part that a path is about. `None` for paths that the service does not have.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.trim_end_matches('/') {
            "/tokens" | "/tokens/realtime" => Some(Self::Tokens),
            "/.well-known/jwks.json" => Some(Self::WebhookKeys),
            _ if path.starts_with("/storage/") => Some(Self::Storage),
            _ => None,
        }
    }
}
