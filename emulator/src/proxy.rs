//! The proxy route: `/api/fal/proxy`, with the real URL in `x-fal-target-url`
//! (protocol §4). With a key it forwards to fal.ai, without one it is fal.ai.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::UPGRADE;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;

use crate::app::App;
use crate::call::{self, Call, Service};
use crate::origin::Origin;
use crate::target::{self, Refusal};
use crate::{caller, reply, routes};

/// Where the proxy is: the default of fal.ai's clients.
pub(crate) const PATH: &str = "/api/fal/proxy";

/// Answers a request to the proxy.
pub(crate) async fn answer(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    if !matches!(
        parts.method,
        Method::GET | Method::POST | Method::PUT | Method::DELETE
    ) {
        return reply::wrong_method("GET, POST, PUT, DELETE");
    }
    if parts.headers.contains_key(UPGRADE) {
        let text = "No WebSocket passes the proxy: open it on fal.run itself, with a token";
        return reply::detail(StatusCode::NOT_IMPLEMENTED, text);
    }
    let url = match target::of(&parts.headers) {
        Ok(url) => url,
        Err(refusal) => return refused(&refusal),
    };
    let host = url.host_str().unwrap_or_default();
    if let Some(forward) = &app.forward {
        if !target::is_fal(host) {
            return refused(&Refusal::Host(host.to_owned()));
        }
        return forward.send(&url, parts, body).await;
    }
    let Some(service) = Service::of_host(host) else {
        return refused(&Refusal::Host(host.to_owned()));
    };
    let Some(origin) = Origin::of(&parts, app.address) else {
        return routes::bad_host();
    };
    if let Some(key) = &app.options.require_key {
        caller::add_key(key, &mut parts.headers);
    }
    let call = Call {
        service,
        method: parts.method,
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        socket: None,
        base: format!("https://{host}"),
        origin,
    };
    call::answer(&app, call).await
}

fn refused(refusal: &Refusal) -> Response {
    reply::detail(StatusCode::BAD_REQUEST, refusal.to_string())
}
