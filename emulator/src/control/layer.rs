//! The layer for tests: it records every request, and waits if a hold stops the request.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use parking_lot::Mutex;
use url::Url;

use super::record::{Received, Record, Watched};
use super::state::Control;
use crate::fault;
use crate::http::redact_query;
use crate::protocol::{Door, Service};
use crate::target;

pub(super) async fn layer(
    State(control): State<Arc<Control>>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path().starts_with("/api/emulator") {
        return next.run(request).await;
    }
    let target = target::of(request.headers()).ok();
    let request = control.note(request, target.as_ref());
    let call = fault::Call::of(&request, target.as_ref());
    control.holds.request(&call).await;
    next.run(request).await
}

fn shown(target: &Url) -> String {
    let mut target = target.clone();
    let query = target.query().map(redact_query);
    target.set_query(query.as_deref());
    target.into()
}

fn service(method: &Method, path: &str, target: Option<&Url>) -> Option<&'static str> {
    let service = match target {
        Some(url) => Service::of_host(url.host_str()?),
        None => Door::of(method, path).map(|door| door.service),
    };
    service.map(Service::name)
}

impl Control {
    fn note(&self, request: Request, target: Option<&Url>) -> Request {
        let (parts, body) = request.into_parts();
        let received: Arc<Mutex<Received>> = Arc::default();
        let path = parts.uri.path();
        self.records.add(Record {
            method: parts.method.to_string(),
            path: path.to_owned(),
            query: parts.uri.query().map(redact_query),
            target: target.map(shown),
            service: service(&parts.method, path, target),
            headers: parts.headers.clone(),
            body: Arc::clone(&received),
        });
        let body = Body::new(Watched { body, received });
        Request::from_parts(parts, body)
    }
}
