//! The request log, for those who ask for it: a line for each request, without queries,
//! headers or bodies, where secrets travel.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use crate::app::App;
use crate::target;

/// Writes the line once the answer begins.
pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !app.options.verbose {
        return next.run(request).await;
    }
    let began = Instant::now();
    let line = format!("{} {}", request.method(), place(&request));
    let response = next.run(request).await;
    let took = began.elapsed().as_millis();
    eprintln!("{line} {} {took} ms", response.status().as_u16());
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
