//! Loads the picture in an input: a data URI, an upload, or a URL on the web. The limits on size and time hold for every
//! caller. Only trusted callers may load from private addresses, and only with `--allow-private-hosts`.

mod address;
mod data_uri;
mod fetch;
mod missing;
mod resolve;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use url::{Host, Url};

pub(crate) use missing::{LARGEST, Missing};
pub(crate) use resolve::{Reach, Resolve};

use crate::protocol::{Caller, Origin};
use crate::site::Site;
use crate::storage::{Reader, Storage};
use crate::{body, protocol, site, storage};
use fetch::{Answer, Fetcher};

const TIME_LIMIT: Duration = Duration::from_secs(10);
const REDIRECTS: usize = 3;

/// The request that a picture is loaded for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The emulator's origin in the URL of the submit.
    pub(crate) origin: &'a Origin,
    pub(crate) caller: Caller,
}

/// Loads pictures.
#[derive(Debug)]
pub(crate) struct Pictures {
    fetcher: Fetcher,
    /// The address that the emulator listens on.
    address: SocketAddr,
    storage: Arc<Storage>,
    site: Arc<Site>,
}

impl Pictures {
    /// Loads uploads from `storage`, and files of the demo page from `site`. `address` is the emulator's own.
    pub(crate) fn new(
        allow_private_hosts: bool,
        address: SocketAddr,
        storage: Arc<Storage>,
        site: Arc<Site>,
    ) -> Self {
        Self {
            fetcher: Fetcher::new(allow_private_hosts),
            address,
            storage,
            site,
        }
    }

    /// The bytes behind an `image_url`.
    pub(crate) async fn load(&self, asked: Asked<'_>, url: &str) -> Result<Bytes, Missing> {
        if let Some(data) = data_uri::body(url) {
            return data_uri::decode(data);
        }
        let Ok(url) = Url::parse(url) else {
            let why = "not an absolute URL: upload the file, or give a data URI or an http(s) URL";
            return Err(Missing::NotReachable(why.to_owned()));
        };
        let fetched = tokio::time::timeout(TIME_LIMIT, self.follow(asked, url));
        fetched.await.unwrap_or_else(|_| {
            let why = format!("no answer within {} seconds", TIME_LIMIT.as_secs());
            Err(Missing::NotReachable(why))
        })
    }

    async fn follow(&self, asked: Asked<'_>, mut url: Url) -> Result<Bytes, Missing> {
        for _ in 0..=REDIRECTS {
            if self.is_own(asked.origin, &url) {
                return self.own(&url).await;
            }
            match self.fetcher.get(&url, asked.caller).await? {
                Answer::Bytes(bytes) => return Ok(bytes),
                Answer::Moved(to) => url = to,
            }
        }
        let why = format!("more than {REDIRECTS} redirects");
        Err(Missing::NotReachable(why))
    }

    /// Whether `url` is the emulator's own. Such a picture is read without the network, as the caller chose the origin, and
    /// it may name another machine.
    fn is_own(&self, origin: &Origin, url: &Url) -> bool {
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let is_here =
            url.scheme() == "http" && url.port_or_known_default() == Some(self.address.port());
        origin.holds(url) || Origin::at(self.address).holds(url) || (is_loopback && is_here)
    }

    async fn own(&self, url: &Url) -> Result<Bytes, Missing> {
        let mut request = Request::new(Body::empty());
        let path = url.path().parse();
        *request.uri_mut() = path.map_err(|_| Missing::NotReachable("no such path".to_owned()))?;
        let response = if protocol::is_file(url.path()) {
            storage::serve(&self.storage, request, Reader::Owner).await
        } else {
            site::serve(&self.site, request).await
        };
        if !response.status().is_success() {
            let why = format!("the emulator has no file {}", url.path());
            return Err(Missing::NotReachable(why));
        }
        Ok(body::read(&mut response.into_body(), LARGEST).await?)
    }
}
