//! A request in the queue, and where to ask after it (protocol §2.2).

use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

use super::{Error, Options, texts::Text};
use crate::{
    endpoint::{EndpointId, RequestId},
    host::is_fal_url,
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    /// This client asks after a request of this id.
    fn know(request_id: &str);
}

/// A submitted request and where to ask after it.
pub(crate) struct Request {
    pub(crate) id: String,
    endpoint: Rc<EndpointId>,
    /// What may name its URLs: the submit's reply, or what the caller kept of it.
    named: Options,
}

impl Request {
    /// From the submit's reply.
    pub(crate) fn of_reply(endpoint: Rc<EndpointId>, reply: &Options) -> Option<Box<Self>> {
        Self::new(endpoint, reply.text(Text::ReplyRequestId)?, reply.clone())
    }

    /// From a request id that the caller kept.
    pub(crate) fn named(endpoint: Rc<EndpointId>, options: &Options) -> Result<Box<Self>, Error> {
        let id = options.text(Text::RequestId).unwrap_or_default();
        Self::new(endpoint, id, options.clone()).ok_or_else(|| {
            Error::argument(Text::RequestId, Text::NoRequestId)
                .with(Text::Given, options.value(Text::RequestId))
        })
    }

    fn new(endpoint: Rc<EndpointId>, id: String, named: Options) -> Option<Box<Self>> {
        RequestId::parse(&id)?;
        know(&id);
        Some(Box::new(Self {
            id,
            endpoint,
            named,
        }))
    }

    /// The URL of this name, where it is one of fal's own, as an id may stand for another app;
    /// otherwise built from the id (protocol §2.2). With what comes after it.
    fn url(&self, name: Text, path: &str, rest: &[&str]) -> String {
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
        self.url(Text::StatusUrl, "/status", &[logs_query(options)])
    }

    /// Where to ask for its status, without a query.
    pub(crate) fn status_base_url(&self) -> String {
        self.url(Text::StatusUrl, "/status", &[])
    }

    /// Where its status is streamed from (protocol §5.4).
    pub(crate) fn status_stream_url(&self, options: &Options) -> String {
        let rest = ["/stream", logs_query(options)];
        self.url(Text::StatusUrl, "/status", &rest)
    }

    /// Where its result is.
    pub(crate) fn response_url(&self) -> String {
        self.url(Text::ResponseUrl, "", &[])
    }

    /// Where to cancel it.
    pub(crate) fn cancel_url(&self) -> String {
        self.url(Text::CancelUrl, "/cancel", &[])
    }
}

fn logs_query(options: &Options) -> &'static str {
    if options.is_true(Text::Logs) {
        "?logs=1"
    } else {
        "?logs=0"
    }
}
