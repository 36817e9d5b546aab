//! Connections to other servers: HTTP/1.1, with TLS for `https` URLs.

use std::error::Error;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

/// A connector that resolves names with `R`.
pub(crate) type Connector<R> = HttpsConnector<HttpConnector<R>>;

/// A connector for TLS over `http`. It trusts the root certificates that browsers trust.
pub(crate) fn over<R>(mut http: HttpConnector<R>) -> Connector<R> {
    http.enforce_http(false);
    HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .wrap_connector(http)
}

/// The text of an error's innermost cause. The outermost one, such as "client error (Connect)", says too little.
pub(crate) fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
