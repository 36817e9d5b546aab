//! The request log: a line for each request. It leaves out queries, headers and bodies, which may contain secrets.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Level;
use url::Url;

use crate::target;

/// Logs a request when its answer begins.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    if !tracing::enabled!(Level::INFO) {
        return next.run(request).await;
    }
    let began = Instant::now();
    let line = format!("{} {}", request.method(), place(&request));
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed().as_millis());
    tracing::info!("{line} {status} {took} ms");
    response
}

fn place(request: &Request) -> String {
    let path = request.uri().path().to_owned();
    let target = request.headers().get(target::HEADER);
    let target = target.and_then(|target| Url::parse(target.to_str().ok()?).ok());
    match target {
        Some(url) => format!(
            "{path} → {}{}",
            url.host_str().unwrap_or_default(),
            url.path()
        ),
        None => path,
    }
}
