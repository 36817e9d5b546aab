//! A request in the queue, and where to ask after it (protocol §2.2).

use super::{Error, Options};
use crate::{
    endpoint::{EndpointId, RequestId},
    host::is_fal_url,
};

/// A submitted request and where to ask after it.
pub(crate) struct Request {
    pub(crate) id: String,
    endpoint: EndpointId,
    /// What may name its URLs: the submit's reply, or what the caller kept of it.
    named: Options,
}

impl Request {
    /// From the submit's reply.
    pub(crate) fn of_reply(endpoint: EndpointId, reply: &Options) -> Option<Self> {
        Self::new(endpoint, reply.text("request_id")?, reply.clone())
    }

    /// From a request id that the caller kept.
    pub(crate) fn named(endpoint: EndpointId, options: &Options) -> Result<Self, Error> {
        let id = options.text("requestId").unwrap_or_default();
        Self::new(endpoint, id, options.clone()).ok_or_else(|| {
            let problem = "must be the request_id that submit returned";
            Error::argument("requestId", problem).with("given", options.value("requestId"))
        })
    }

    fn new(endpoint: EndpointId, id: String, named: Options) -> Option<Self> {
        RequestId::parse(&id)?;
        Some(Self {
            id,
            endpoint,
            named,
        })
    }

    /// The URL of this name, where it is one of fal's own, as an id may stand for another app;
    /// otherwise built from the id (protocol §2.2). With what comes after it.
    fn url(&self, name: &str, path: &str, rest: &[&str]) -> String {
        let named = self.named.text(name).filter(|url| is_fal_url(url));
        let mut url = named.unwrap_or_else(|| {
            let id = RequestId::parse(&self.id);
            id.map(|id| self.endpoint.request_url(&id, path))
                .unwrap_or_default()
        });
        for part in rest {
            url.push_str(part);
        }
        url
    }

    /// Where to ask for its status, with the model's logs if `options` wants them.
    pub(crate) fn status_url(&self, options: &Options) -> String {
        self.url("status_url", "/status", &[logs_query(options)])
    }

    /// Where its status is streamed from (protocol §5.4).
    pub(crate) fn status_stream_url(&self, options: &Options) -> String {
        let rest = ["/stream", logs_query(options)];
        self.url("status_url", "/status", &rest)
    }

    /// Where its result is.
    pub(crate) fn response_url(&self) -> String {
        self.url("response_url", "", &[])
    }

    /// Where to cancel it.
    pub(crate) fn cancel_url(&self) -> String {
        self.url("cancel_url", "/cancel", &[])
    }
}

fn logs_query(options: &Options) -> &'static str {
    if options.is_true("logs") {
        "?logs=1"
    } else {
        "?logs=0"
    }
}
