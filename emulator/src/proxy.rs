//! The proxy route: `/api/fal/proxy`, with the target URL in `x-fal-target-url` (protocol §4). With a key it forwards to
//! fal.ai. Without a key the emulator answers itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::UPGRADE;
use axum::http::request::Parts;
use axum::http::{Method, Request};
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::app::App;
use crate::protocol::{ApiError, Call, Origin, Service};
use crate::target::{self, Refusal};
use crate::{body, caller, reply, services};

/// Answers a request to the proxy.
pub(crate) async fn proxy(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let url = match check(&app, &parts) {
        Ok(url) => url,
        Err(refusal) => {
            body::discard(body);
            return refusal.into_response();
        }
    };
    match &app.forward {
        Some(forward) => forward.send(&url, parts, body).await.into_response(),
        None => emulate(&app, &url, parts, body).await,
    }
}

/// Checks that a request can be proxied, and returns its target.
fn check(app: &App, request: &Parts) -> Result<Url, ApiError> {
    if !matches!(
        request.method,
        Method::GET | Method::POST | Method::PUT | Method::DELETE
    ) {
        return Err(ApiError::MethodNotAllowed("GET, POST, PUT, DELETE"));
    }
    if request.headers.contains_key(UPGRADE) {
        let text = "No WebSocket passes the proxy: open it on fal.run itself, with a token";
        return Err(ApiError::NotImplemented(text.to_owned()));
    }
    let url = target::of(&request.headers).map_err(|refusal| bad_request(&refusal))?;
    let host = url.host_str().unwrap_or_default();
    let is_served = match &app.forward {
        Some(_) => target::is_fal(host),
        None => Service::of_host(host).is_some(),
    };
    if !is_served {
        return Err(bad_request(&Refusal::Host(host.to_owned())));
    }
    if let Some(forward) = &app.forward {
        forward.check(&request.method, &url)?;
    }
    Ok(url)
}

fn bad_request(refusal: &Refusal) -> ApiError {
    ApiError::BadRequest(refusal.to_string())
}

async fn emulate(app: &App, url: &Url, mut parts: Parts, body: Body) -> Response {
    let host = url.host_str().unwrap_or_default();
    let origin = Origin::of(&parts, app.address);
    let (Some(service), Some(origin)) = (Service::of_host(host), origin) else {
        return reply::bad_host();
    };
    let caller = app.guard.caller(&parts);
    if let Some(key) = &app.options.require_key {
        caller::add_key(key, &mut parts.headers);
    }
    let call = Call {
        service,
        caller,
        method: parts.method,
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        socket: None,
        base: format!("https://{host}"),
        origin: app.files_origin(origin),
    };
    services::answer(app, call).await
}
