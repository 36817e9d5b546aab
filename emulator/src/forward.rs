//! Forward mode: sends a request to the real fal.ai with the developer's key, and passes the answer on byte by byte as
//! it arrives.

mod allow;

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::body::Unread;
use crate::http::remove_hop_by_hop;
use crate::outgoing::{self, Connector};
use crate::protocol::ApiError;
use crate::secret::Key;
pub(crate) use allow::Allowed;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("fal-emulator/", env!("CARGO_PKG_VERSION"));

/// Forwards requests, with a key.
#[derive(Debug)]
pub(crate) struct Forward {
    key: Key,
    allowed: Allowed,
    upstream: Option<Url>,
    client: Client<Connector<GaiResolver>, Body>,
}

impl Forward {
    /// If `upstream` is set, requests go there instead of to the hosts in their URLs.
    pub(crate) fn new(key: Key, allowed: Allowed, upstream: Option<Url>) -> Self {
        let mut http = HttpConnector::new();
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        http.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(outgoing::over(http));
        Self {
            key,
            allowed,
            upstream,
            client,
        }
    }

    /// Checks that a request to `target`, a URL on fal's hosts, may be forwarded.
    pub(crate) fn check(&self, method: &Method, target: &Url) -> Result<(), ApiError> {
        let checked = self.allowed.check(method, target);
        checked.map_err(|refused| ApiError::BadRequest(refused.to_string()))
    }

    /// Forwards a request to `target`, which [`Forward::check`] has allowed. Redirects are returned to the caller and not
    /// followed, so that the key goes to no other host.
    pub(crate) async fn send(
        &self,
        target: &Url,
        parts: Parts,
        body: Body,
    ) -> Result<Response, ApiError> {
        let host = target.host_str().unwrap_or_default();
        let body = match parts.method {
            Method::GET => Body::empty(),
            _ => body,
        };
        let request = Request::builder()
            .method(parts.method)
            .uri(self.url(target).as_str())
            .body(body);
        let Ok(mut request) = request else {
            let text = "The target is no URL that can be sent";
            return Err(ApiError::BadRequest(text.to_owned()));
        };
        *request.headers_mut() = self.headers(parts.headers, host);
        let response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => {
                if let Some(unread) = Unread::behind(&error) {
                    return Err(unread.into());
                }
                let why = outgoing::cause(&error);
                let text = format!("The proxy could not reach {host}: {why}");
                return Err(ApiError::BadGateway(text));
            }
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let text = format!("{host} changed the protocol, which nobody asked for");
            return Err(ApiError::BadGateway(text));
        }
        Ok(without_connection(response.map(Body::new)))
    }

    /// The URL to call for `target`: the target itself, or a path of the upstream that begins with the target's host.
    pub(crate) fn url(&self, target: &Url) -> Url {
        let mut url = self.upstream.clone().unwrap_or_else(|| target.clone());
        if let Some(upstream) = &self.upstream {
            let base = upstream.path().trim_end_matches('/');
            let host = target.host_str().unwrap_or_default();
            url.set_path(&format!("{base}/{host}{}", target.path()));
            url.set_query(target.query());
        }
        url.set_fragment(None);
        url
    }

    /// The headers for the target: of the caller's, only those that fal.ai needs. Cookies and other headers about the page
    /// are not forwarded.
    fn headers(&self, mut sent: HeaderMap, host: &str) -> HeaderMap {
        remove_hop_by_hop(&mut sent);
        let mut headers = HeaderMap::new();
        for (name, value) in &sent {
            if is_forwarded(name) {
                headers.append(name, value.clone());
            }
        }
        // The hosts of files get no key, as files are public.
        if !headers.contains_key(AUTHORIZATION) && !is_media(host) {
            headers.insert(AUTHORIZATION, self.key.authorization());
        }
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert("x-fal-client-proxy", HeaderValue::from_static(AGENT));
        // The body is passed on unchanged, so the target must not compress it.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers
    }
}

fn is_forwarded(name: &HeaderName) -> bool {
    [ACCEPT, CONTENT_TYPE, AUTHORIZATION].contains(name)
        || name.as_str().starts_with("x-fal-")
        || name.as_str().starts_with("x-app-fal-")
}

fn is_media(host: &str) -> bool {
    host == "fal.media" || host.ends_with(".fal.media")
}

/// Removes the headers about the connection to the target. The outer layer drops others, such as cookies.
fn without_connection(mut response: Response) -> Response {
    let headers = response.headers_mut();
    remove_hop_by_hop(headers);
    headers.remove(CONTENT_LENGTH);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    fn forward(upstream: Option<&str>) -> Forward {
        let key = Key::new("id:hush").expect("usable");
        let upstream = upstream.map(|url| Url::parse(url).expect("a URL"));
        Forward::new(key, Allowed::by(&Options::default()), upstream)
    }

    #[tokio::test]
    async fn a_target_is_called_as_it_stands_or_below_the_upstream() {
        let target = Url::parse("https://queue.fal.run/a/b%20c?x=%26#f").expect("a URL");
        let direct = forward(None).url(&target);
        assert_eq!(direct.as_str(), "https://queue.fal.run/a/b%20c?x=%26");
        for upstream in ["http://127.0.0.1:1/base", "http://127.0.0.1:1/base/"] {
            let url = forward(Some(upstream)).url(&target);
            let expected = "http://127.0.0.1:1/base/queue.fal.run/a/b%20c?x=%26";
            assert_eq!(url.as_str(), expected);
        }
    }

    #[tokio::test]
    async fn the_key_goes_to_fal_but_not_to_its_files_and_a_callers_own_key_stands() {
        let forward = forward(None);
        let mut sent = HeaderMap::new();
        sent.insert("cookie", HeaderValue::from_static("session=1"));
        sent.insert("x-fal-queue-priority", HeaderValue::from_static("low"));
        let headers = forward.headers(sent.clone(), "queue.fal.run");
        assert_eq!(headers[AUTHORIZATION], "Key id:hush");
        assert_eq!(headers["x-fal-queue-priority"], "low");
        assert!(!headers.contains_key("cookie"));
        assert!(
            !forward
                .headers(sent.clone(), "v3.fal.media")
                .contains_key(AUTHORIZATION)
        );

        sent.insert(AUTHORIZATION, HeaderValue::from_static("Key their:own"));
        let headers = forward.headers(sent.clone(), "fal.run");
        assert_eq!(headers[AUTHORIZATION], "Key their:own");

        sent.insert(
            "connection",
            HeaderValue::from_static("x-fal-queue-priority"),
        );
        let headers = forward.headers(sent, "fal.run");
        assert!(!headers.contains_key("x-fal-queue-priority"));
    }

    #[tokio::test]
    async fn nothing_shown_of_it_has_the_key() {
        let shown = format!("{:?}", forward(None));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
