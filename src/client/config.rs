//! The configuration of a client, and its builder.

use std::error::Error as StdError;

use super::{
    error::Error,
    key::Key,
    middleware::{Middleware, OutgoingRequest},
    options::{FileHandling, Retry},
};

/// The configuration of a client.
#[derive(Debug, Clone)]
pub(super) struct Config {
    pub(super) proxy_url: Option<String>,
    pub(super) key: Option<Key>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) middleware: Option<Middleware>,
    pub(super) retry: Retry,
    pub(super) validates: bool,
    pub(super) files: FileHandling,
}

impl Config {
    /// Where a request really goes: the caller's middleware, then the proxy.
    pub(super) async fn route(&self, request: OutgoingRequest) -> Result<OutgoingRequest, Error> {
        let mut request = match &self.middleware {
            Some(middleware) => middleware.change(request).await?,
            None => request,
        };
        if request.url.is_empty() {
            return Err(Error::argument("middleware", "returned no URL"));
        }
        if let Some(proxy) = &self.proxy_url {
            let target = std::mem::replace(&mut request.url, proxy.clone());
            request.set_header("x-fal-target-url", target);
        }
        Ok(request)
    }

    /// The name of the route to fal, by which the client remembers whether it carries streams.
    pub(super) fn route_name(&self) -> &str {
        match (&self.proxy_url, &self.middleware) {
            (Some(proxy), _) => proxy,
            (None, Some(_)) => "middleware",
            (None, None) => "fal",
        }
    }
}

/// Builds a [`Client`].
///
/// ```
/// use fal_wasm::{Client, Retry};
/// let client = Client::builder()
///     .proxy("/api/fal/proxy")
///     .header("x-csrf-token", "…")
///     .retry(Retry::default().max_retries(5))
///     .build();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    pub(super) config: Config,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            config: Config {
                proxy_url: None,
                key: None,
                headers: Vec::new(),
                middleware: None,
                retry: Retry::default(),
                validates: true,
                files: FileHandling::default(),
            },
        }
    }
}

impl ClientBuilder {
    /// Sends all requests through a proxy of yours that holds the key, e.g. `/api/fal/proxy`. It gets the
    /// URL in the header `x-fal-target-url` (§4.1).
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.config.proxy_url = Some(url.into());
        self
    }

    /// The key. It is sent to fal's own `https` hosts and, as it is given here, to your proxy and along the
    /// route that your middleware chooses: over `https`, to the page's own origin, or to this machine.
    /// Everybody with access to the page can read it: in public pages, use
    /// [`proxy`](Self::proxy).
    pub fn key(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.key_from(move || Some(key.clone()))
    }

    /// A function that gives the key, called for each request that may have it. With `None`, the request
    /// has no key.
    pub fn key_from(mut self, give: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        self.config.key = Some(Key::new(give));
        self
    }

    /// A header of every request to the service. It is not sent where files are uploaded to.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.headers.push((name.into(), value.into()));
        self
    }

    /// Changes each request before it is sent, except those to upload URLs. If it fails, the call fails
    /// with [`Error::Middleware`]. It runs before the [`proxy`](Self::proxy) takes the request.
    ///
    /// ```
    /// # use fal_wasm::{Client, OutgoingRequest};
    /// # async fn fetch_ticket() -> Result<String, String> { Ok(String::new()) }
    /// let client = Client::builder()
    ///     .middleware(|mut request: OutgoingRequest| async move {
    ///         request.set_header("x-ticket", fetch_ticket().await?);
    ///         Ok::<_, String>(request)
    ///     })
    ///     .proxy("/api/fal/proxy")
    ///     .build();
    /// ```
    pub fn middleware<Change, Future, Problem>(mut self, change: Change) -> Self
    where
        Change: Fn(OutgoingRequest) -> Future + Send + Sync + 'static,
        Future: std::future::Future<Output = Result<OutgoingRequest, Problem>> + 'static,
        Problem: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.config.middleware = Some(Middleware::new(change));
        self
    }

    /// Changes how calls are retried. Default: the rules of [`Retry`].
    pub fn retry(mut self, retry: Retry) -> Self {
        self.config.retry = retry;
        self
    }

    /// Check inputs of known models before anything is sent. Turn it off to use a value that is newer than
    /// this crate. Default: `true`.
    pub fn validate(mut self, is_on: bool) -> Self {
        self.config.validates = is_on;
        self
    }

    /// How files in inputs become strings. Default: [`FileHandling::Upload`].
    pub fn files(mut self, handling: FileHandling) -> Self {
        self.config.files = handling;
        self
    }
}
