//! A request in fal's queue, as plain data that survives a reload.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::error::Error;
use crate::{
    endpoint::EndpointId,
    engine::{NamedUrls, QueuedRequest, Target},
    host::is_fal_url,
};

/// A submitted request: its endpoint, its id, and the URLs that the service named for it (§5.1).
///
/// It holds no key and no input. Save it as JSON, and go on with
/// [`Client::resume`](crate::Client::resume) after a reload:
///
/// ```
/// use fal_wasm::RequestHandle;
/// let handle = RequestHandle::new("fal-ai/flux/dev", "764cabcf-b745-4b3e-ae38-1200304cf45b");
/// let saved = serde_json::to_string(&handle)?;
/// assert_eq!(serde_json::from_str::<RequestHandle>(&saved)?, handle);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestHandle {
    /// The endpoint, e.g. `fal-ai/flux/dev`.
    pub endpoint_id: String,
    /// The id that the service gave.
    pub request_id: String,
    /// Where to ask for its status, if the service named that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    /// Where its result will be, if the service named that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_url: Option<String>,
    /// Where to cancel it, if the service named that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
    /// When it was submitted, in milliseconds since 1970 by this machine's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at_ms: Option<u64>,
}

impl RequestHandle {
    /// A request of which only the ids are known. Its URLs are made of these (§2.2).
    pub fn new(endpoint_id: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self {
            endpoint_id: endpoint_id.into(),
            request_id: request_id.into(),
            status_url: None,
            response_url: None,
            cancel_url: None,
            submitted_at_ms: None,
        }
    }

    /// Reads a handle that [`RequestHandle::to_js`] gave.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the value is no handle.
    ///
    /// ```no_run
    /// # use fal_wasm::{Error, RequestHandle};
    /// # fn example(message_data: wasm_bindgen::JsValue) -> Result<(), Error> {
    /// let handle = RequestHandle::from_js(message_data)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_js(value: JsValue) -> Result<Self, Error> {
        serde_wasm_bindgen::from_value(value)
            .map_err(|error| Error::argument("handle", error.to_string()))
    }

    /// The handle as a JavaScript object, for a message to a worker or for `IndexedDB`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the object cannot be made.
    ///
    /// ```no_run
    /// # use fal_wasm::{Error, RequestHandle};
    /// # fn example(handle: RequestHandle) -> Result<(), Error> {
    /// let message_data = handle.to_js()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_js(&self) -> Result<JsValue, Error> {
        serde_wasm_bindgen::to_value(self)
            .map_err(|error| Error::argument("handle", error.to_string()))
    }

    /// Keeps the URLs on fal's own hosts. The engine uses no others.
    pub(super) fn with_urls(self, urls: NamedUrls<'_>) -> Self {
        let own = |url: Option<&str>| url.filter(|url| is_fal_url(url)).map(Into::into);
        Self {
            status_url: own(urls.status),
            response_url: own(urls.response),
            cancel_url: own(urls.cancel),
            ..self
        }
    }

    /// It as the engine takes it.
    pub(super) fn target(&self) -> Target {
        let urls = NamedUrls {
            status: self.status_url.as_deref(),
            response: self.response_url.as_deref(),
            cancel: self.cancel_url.as_deref(),
        };
        Target {
            endpoint: EndpointId::parse(&self.endpoint_id),
            request: QueuedRequest::new(&self.request_id, urls),
            url: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_other_hosts_are_not_kept() {
        let urls = NamedUrls {
            status: Some("https://queue.fal.run/a/b/requests/r/status"),
            response: Some("https://evil.example/r"),
            cancel: None,
        };
        let handle = RequestHandle::new("a/b", "r").with_urls(urls);
        assert_eq!(handle.status_url.as_deref(), urls.status);
        assert_eq!((handle.response_url, handle.cancel_url), (None, None));
    }

    #[test]
    fn ids_that_are_none_make_no_target() {
        assert!(RequestHandle::new("a/b", "../x").target().request.is_none());
        assert!(
            RequestHandle::new("https://notfal.run/a/b", "r")
                .target()
                .endpoint
                .is_none()
        );
    }

    #[test]
    fn a_handle_of_another_version_is_read() {
        let saved = r#"{"endpoint_id":"a/b","request_id":"r","new":1}"#;
        let handle: RequestHandle = serde_json::from_str(saved).expect("JSON");
        assert_eq!(handle, RequestHandle::new("a/b", "r"));
    }
}
