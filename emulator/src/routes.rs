//! Routes requests: to the proxy, to the emulator's own routes, to fal.ai's services, and to the demo page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, State};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Router, middleware};
use serde_json::json;

use crate::app::App;
use crate::http;
use crate::options::PublicUrls;
use crate::protocol::{Call, Door, Origin};
use crate::{control, fault, inspector, long_path, proxy, reply, services, site, target, verbose};

/// The prefix of the emulator's own routes. Other paths below it get a 404, and are not taken for apps.
const OWN: &str = "/api/";

/// The router with all routes and layers.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route(target::PROXY_PATH, any(proxy::proxy))
        .route("/api/emulator", get(about))
        .fallback(direct)
        .with_state(Arc::clone(app));
    let faults = middleware::from_fn_with_state(Arc::clone(&app.faults), fault::layer);
    router = router.layer(faults);
    if let Some(control) = &app.control {
        router = control::routes(router, Arc::clone(control), &app.guard);
    }
    let router = router
        .layer(middleware::from_fn(long_path::layer))
        .layer(middleware::from_fn_with_state(
            app.guard.clone(),
            http::layer,
        ))
        .layer(middleware::from_fn(verbose::layer));
    // The record is the outermost layer of calls, so that it has the answers that callers get.
    let record = Arc::clone(&app.inspected.record);
    let record = middleware::from_fn_with_state(record, inspector::layer);
    router
        .layer(record)
        .merge(inspector::routes(Arc::clone(&app.inspected)))
}

/// Answers with the name, version and mode of this server, which the demo page reads.
async fn about(State(app): State<Arc<App>>) -> Response {
    let body = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "mode": app.inspected.mode(),
    });
    reply::json(StatusCode::OK, &body)
}

async fn direct(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    if path.starts_with(OWN) {
        return reply::detail(StatusCode::NOT_FOUND, "Not Found");
    }
    let Some(door) = Door::of(request.method(), path) else {
        return site::serve(&app.site, request).await;
    };
    let inner = door.inner(path).to_owned();
    let prefix = door.prefix.to_owned();
    let service = door.service;
    let (mut parts, body) = request.into_parts();
    let socket = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let Some(origin) = Origin::of(&parts, app.address) else {
        return reply::bad_host();
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
    services::answer(&app, call).await
}
