//! Routes requests: to the proxy, to the emulator's own routes, and to fal.ai's services. The URLs of the services are
//! fal.ai's with `https:/` replaced by this origin. All other paths are files of the demo page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, State};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Router, middleware};
use serde_json::json;

use crate::app::App;
use crate::call::{self, Call, Service};
use crate::http::{self, Origin};
use crate::options::PublicUrls;
use crate::{
    control, fault, inspector, long_path, proxy, queue, reply, site, storage, tokens, verbose,
};

/// The prefix of the emulator's own routes. Other paths below it get a 404, and are not taken for apps.
const OWN: &str = "/api/";

/// The router with all routes and layers.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route(proxy::PATH, any(proxy::answer))
        .route("/api/emulator", get(about))
        .fallback(direct);
    let faults = middleware::from_fn_with_state(Arc::clone(app), fault::layer);
    router = router.layer(faults);
    if app.control.is_some() {
        router = control::routes(router, app);
    }
    let router = router
        .layer(middleware::from_fn(long_path::layer))
        .layer(middleware::from_fn_with_state(
            app.guard.clone(),
            http::layer,
        ))
        .layer(middleware::from_fn(verbose::layer));
    // The record is the outermost layer of calls, so that it has the answers that callers get.
    let record = middleware::from_fn_with_state(Arc::clone(app), inspector::layer);
    inspector::routes(router.layer(record), app).with_state(Arc::clone(app))
}

/// Answers with the name, version and mode of this server, which the demo page reads.
async fn about(State(app): State<Arc<App>>) -> Response {
    let body = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "mode": app.mode(),
    });
    reply::json(StatusCode::OK, &body)
}

/// The answer to a `Host` header that is not a plain host.
pub(crate) fn bad_host() -> Response {
    let text = "The Host header is not one plain host name or address";
    reply::detail(StatusCode::BAD_REQUEST, text)
}

async fn direct(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    if path.starts_with(OWN) {
        return reply::detail(StatusCode::NOT_FOUND, "Not Found");
    }
    let Some(door) = Door::of(request.method(), path) else {
        return site::answer(&app, request).await;
    };
    let inner = door.inner(path).to_owned();
    let prefix = door.prefix.to_owned();
    let service = door.service;
    let (mut parts, body) = request.into_parts();
    let socket = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let Some(origin) = Origin::of(&parts, app.address) else {
        return bad_host();
    };
    let call = Call {
        service,
        caller: app.guard.caller(&parts),
        method: parts.method,
        path: inner,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        socket: socket.ok(),
        base: match app.options.public_urls {
            PublicUrls::Own => format!("{origin}{prefix}"),
            PublicUrls::Fal => format!("https://{}", service.host()),
        },
        origin: app.files_origin(origin),
    };
    call::answer(&app, call).await
}

/// A service, and the part of the path that names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Door<'a> {
    pub(crate) service: Service,
    prefix: &'a str,
}

impl<'a> Door<'a> {
    /// The service for a request. `None` for files of the demo page: GET and HEAD requests that name no service and are no
    /// follow-ups.
    pub(crate) fn of(method: &Method, path: &'a str) -> Option<Self> {
        let end = path.get(1..)?.find('/').map_or(path.len(), |at| at + 1);
        let prefix = path.get(..end)?;
        if let Some(service) = Service::of_host(prefix.strip_prefix('/')?) {
            return Some(Self { service, prefix });
        }
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        let service = if storage::is_file(path) {
            Service::Cdn
        } else if path.starts_with("/storage/") || tokens::is_path(path) {
            Service::Rest
        } else if !is_read || queue::is_follow_up(path) {
            Service::Queue
        } else {
            return None;
        };
        Some(Self {
            service,
            prefix: "",
        })
    }

    /// The path on the service's host.
    pub(crate) fn inner(&self, path: &'a str) -> &'a str {
        match path.get(self.prefix.len()..) {
            None | Some("") => "/",
            Some(inner) => inner,
        }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_doors_and_the_page_keeps_its_files() {
        let queue = Some(Service::Queue);
        for (method, path, service) in [
            (Method::POST, "/queue.fal.run/a/b/c", queue),
            (Method::GET, "/queue.fal.run", queue),
            (Method::POST, "/fal.run/a/b", Some(Service::Run)),
            (Method::POST, "/a/b/c", queue),
            (Method::GET, "/a/b/requests/id/status", queue),
            (
                Method::POST,
                "/storage/upload/initiate",
                Some(Service::Rest),
            ),
            (Method::POST, "/tokens/", Some(Service::Rest)),
            (Method::POST, "/tokens/realtime", Some(Service::Rest)),
            (Method::GET, "/v3b.fal.media/files/b/x", Some(Service::Cdn)),
            (Method::PUT, "/files/b/0/x", Some(Service::Cdn)),
            (Method::GET, "/", None),
            (Method::GET, "/app.js", None),
            (Method::HEAD, "/assets/deep/er.css", None),
            (Method::GET, "/queue.fal.run.evil/x", None),
        ] {
            let door = Door::of(&method, path).map(|door| door.service);
            assert_eq!(door, service, "{method} {path}");
        }
    }
}
