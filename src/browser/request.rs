//! A request in the queue, and where to ask after it (protocol §2.2).

use wasm_bindgen::JsValue;

use super::{Error, Options};
use crate::{
    endpoint::{EndpointId, RequestId},
    host::is_fal_url,
    text,
};

/// A submitted request and where to ask after it.
pub(crate) struct Request {
    pub(crate) id: String,
    status_url: String,
    response_url: String,
    cancel_url: String,
}

impl Request {
    /// From the submit's reply: the URLs it names, where they are fal's own, as an id may
    /// stand for another app; otherwise built from the id (protocol §2.2).
    pub(crate) fn of_reply(endpoint: &EndpointId, reply: &JsValue) -> Option<Self> {
        let reply = Options::new(reply.clone());
        let mut request = Self::built(endpoint, reply.text("request_id")?)?;
        for (name, url) in [
            ("status_url", &mut request.status_url),
            ("response_url", &mut request.response_url),
            ("cancel_url", &mut request.cancel_url),
        ] {
            if let Some(named) = reply.text(name).filter(|url| is_fal_url(url)) {
                *url = named;
            }
        }
        Some(request)
    }

    /// From a request id that the caller kept.
    pub(crate) fn named(endpoint: &EndpointId, options: &Options) -> Result<Self, Error> {
        let id = options.text("requestId").unwrap_or_default();
        Self::built(endpoint, id).ok_or_else(|| {
            let problem = "must be the request_id that submit returned";
            Error::argument("requestId", problem).with("given", options.value("requestId"))
        })
    }

    fn built(endpoint: &EndpointId, id: String) -> Option<Self> {
        let parsed = RequestId::parse(&id)?;
        Some(Self {
            status_url: endpoint.request_url(&parsed, "/status"),
            response_url: endpoint.request_url(&parsed, ""),
            cancel_url: endpoint.request_url(&parsed, "/cancel"),
            id,
        })
    }

    /// Where to ask for its status, with the model's logs if `options` wants them.
    pub(crate) fn status_url(&self, options: &Options) -> String {
        text::joined(&[&self.status_url, logs_query(options)])
    }

    /// Where its status is streamed from (protocol §5.4).
    pub(crate) fn status_stream_url(&self, options: &Options) -> String {
        text::joined(&[&self.status_url, "/stream", logs_query(options)])
    }

    /// Where its result is.
    pub(crate) fn response_url(&self) -> String {
        text::joined(&[&self.response_url])
    }

    /// Where to cancel it.
    pub(crate) fn cancel_url(&self) -> String {
        text::joined(&[&self.cancel_url])
    }
}

fn logs_query(options: &Options) -> &'static str {
    if options.is_true("logs") {
        "?logs=1"
    } else {
        "?logs=0"
    }
}
