//! A webhook to deliver, and the source of its body.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::protocol::Caller;

/// A webhook to deliver.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) request_id: String,
    /// The caller that named the webhook.
    pub(crate) caller: Caller,
    pub(crate) url: Url,
    /// How long the delivery is retried, from the end of the job on.
    pub(crate) lifetime: Duration,
}

impl Delivery {
    /// The name for log lines. It leaves out path and query, which may contain secrets.
    pub(super) fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("Webhook of request {} at {host}", self.request_id)
    }
}

/// Has the bodies of webhooks. Each attempt asks for the body again, so that a delivery, which may take long, does not keep
/// the result in memory.
pub(crate) trait Payloads: fmt::Debug + Send + Sync {
    /// The body for a request. `None` once its result is not kept any longer.
    fn payload(&self, request_id: &str) -> Option<Bytes>;
}
