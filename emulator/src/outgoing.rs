//! Connections to the outside: HTTP/1.1, with TLS where the URL asks for it.

use std::error::Error;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

/// A connector that looks names up with `R`.
pub(crate) type Connector<R> = HttpsConnector<HttpConnector<R>>;

/// TLS over `http`, trusting the roots that browsers trust.
pub(crate) fn over<R>(mut http: HttpConnector<R>) -> Connector<R> {
    http.enforce_http(false);
    HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .wrap_connector(http)
}

/// The innermost reason of a failure: "client error (Connect)" helps nobody.
pub(crate) fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
