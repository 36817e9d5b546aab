//! A request in fal's queue, and the URLs that it is asked for at (§2.2).

use crate::{
    endpoint::{EndpointId, RequestId},
    host::is_fal_url,
    text::joined,
};

/// A submitted request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedRequest {
    id: String,
    status_url: Option<String>,
    response_url: Option<String>,
    cancel_url: Option<String>,
}

/// The URLs of a request that a submit's reply names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NamedUrls<'a> {
    /// `status_url`
    pub status: Option<&'a str>,
    /// `response_url`
    pub response: Option<&'a str>,
    /// `cancel_url`
    pub cancel: Option<&'a str>,
}

impl QueuedRequest {
    /// A request by its id. `None` for an id that is none. Of the named URLs, only those on fal's
    /// own hosts are used.
    pub fn new(id: &str, urls: NamedUrls<'_>) -> Option<Self> {
        let own = |url: Option<&str>| url.filter(|url| is_fal_url(url)).map(|url| joined(&[url]));
        RequestId::parse(id)?;
        Some(Self {
            id: joined(&[id]),
            status_url: own(urls.status),
            response_url: own(urls.response),
            cancel_url: own(urls.cancel),
        })
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where to ask for its status, without a query.
    pub fn status_url(&self, endpoint: &EndpointId) -> String {
        self.url(self.status_url.as_ref(), endpoint, "/status")
    }

    /// Where its result is.
    pub fn response_url(&self, endpoint: &EndpointId) -> String {
        self.url(self.response_url.as_ref(), endpoint, "")
    }

    /// Where to cancel it.
    pub fn cancel_url(&self, endpoint: &EndpointId) -> String {
        self.url(self.cancel_url.as_ref(), endpoint, "/cancel")
    }

    /// The URL that the reply named: an id may stand for another app. Else one made of the ids.
    fn url(&self, named: Option<&String>, endpoint: &EndpointId, path: &str) -> String {
        match (named, RequestId::parse(&self.id)) {
            (Some(url), _) => joined(&[url]),
            (None, Some(id)) => endpoint.request_url(&id, path),
            (None, None) => String::new(),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_asked_for_where_the_reply_says_if_that_is_fals_own_host() {
        let endpoint = EndpointId::parse("acme/app/fast").expect("an id");
        let named = NamedUrls {
            status: Some("https://queue.fal.run/acme/other/requests/r-1/status"),
            response: Some("https://evil.example/requests/r-1"),
            cancel: None,
        };
        let request = QueuedRequest::new("r-1", named).expect("a request");
        let base = "https://queue.fal.run/acme/app/requests/r-1";
        assert_eq!(
            request.status_url(&endpoint),
            "https://queue.fal.run/acme/other/requests/r-1/status"
        );
        assert_eq!(request.response_url(&endpoint), base);
        assert_eq!(request.cancel_url(&endpoint), format!("{base}/cancel"));
    }

    #[test]
    fn an_id_that_is_none_makes_no_request() {
        for id in ["", "..", "a/b", "a?b"] {
            assert_eq!(QueuedRequest::new(id, NamedUrls::default()), None, "{id}");
        }
    }
}
