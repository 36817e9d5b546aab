//! One GET of a picture, from public addresses only. Redirects are returned to the caller.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{LOCATION, USER_AGENT};
use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::{Host, Url};

use super::missing::{LARGEST, Missing};
use super::resolve::{REFUSED, Reach, Resolve};
use crate::body;
use crate::outgoing::{self, Connector};
use crate::protocol::Caller;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Fetches pictures from the web.
#[derive(Debug)]
pub(crate) struct Fetcher {
    /// For callers that the user trusts.
    trusted: Web,
    /// For all other callers, such as any page that is open in a browser here.
    strangers: Web,
}

/// A client for the addresses within a reach.
#[derive(Debug)]
struct Web {
    client: Client<Connector<Resolve>, Empty<Bytes>>,
    reach: Reach,
}

/// The answer to one GET.
#[derive(Debug)]
pub(super) enum Answer {
    Bytes(Bytes),
    Moved(Url),
}

impl Fetcher {
    /// `allow_private_hosts` lets trusted callers fetch from addresses that are not public.
    pub(crate) fn new(allow_private_hosts: bool) -> Self {
        let reach = if allow_private_hosts {
            Reach::Anywhere
        } else {
            Reach::Public
        };
        Self {
            trusted: Web::within(reach),
            strangers: Web::within(Reach::Public),
        }
    }

    pub(super) async fn get(&self, url: &Url, caller: Caller) -> Result<Answer, Missing> {
        match caller {
            Caller::Trusted => self.trusted.get(url).await,
            Caller::Stranger => self.strangers.get(url).await,
        }
    }
}

impl Web {
    fn within(reach: Reach) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolve(reach));
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(outgoing::over(http));
        Self { client, reach }
    }

    async fn get(&self, url: &Url) -> Result<Answer, Missing> {
        self.check(url)?;
        let request = Request::get(url.as_str())
            .header(
                USER_AGENT,
                concat!("fal-emulator/", env!("CARGO_PKG_VERSION")),
            )
            .body(Empty::new())
            .map_err(|_| unreachable("not a URL that can be fetched"))?;
        let response = self.client.request(request).await;
        let response = response.map_err(|error| unreachable(&outgoing::cause(&error)))?;
        let status = response.status();
        if status.is_redirection()
            && let Some(to) = location(url, &response)
        {
            return Ok(Answer::Moved(to));
        }
        if !status.is_success() {
            return Err(unreachable(&format!("the server answered {status}")));
        }
        let mut body = Body::new(response.into_body());
        Ok(Answer::Bytes(body::read(&mut body, LARGEST).await?))
    }

    /// Checks a URL before its host name is resolved. Hosts that are numeric addresses, in any notation, never reach the
    /// resolver, so their addresses are checked here.
    fn check(&self, url: &Url) -> Result<(), Missing> {
        if !matches!(url.scheme(), "http" | "https") {
            let why = format!(
                "{}: URLs are not fetched, only http and https",
                url.scheme()
            );
            return Err(unreachable(&why));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unreachable(
                "URLs with a user name or password are not fetched",
            ));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if !self.reach.allows(address) {
            return Err(unreachable(REFUSED));
        }
        Ok(())
    }
}

fn location(from: &Url, response: &Response<Incoming>) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

fn unreachable(why: &str) -> Missing {
    Missing::NotReachable(why.to_owned())
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn private_addresses_are_refused_in_every_spelling() {
        let web = Web::within(Reach::Public);
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://localhost/",
            "http://localhost./",
            "https://user:secret@example.com/",
            "file:///etc/passwd",
            "ftp://example.com/",
        ] {
            let url = Url::parse(url).expect(url);
            let refused = web.get(&url).await;
            assert!(
                matches!(refused, Err(Missing::NotReachable(_))),
                "{url}: {refused:?}"
            );
        }
    }
}
