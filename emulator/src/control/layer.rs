//! What every request passes when tests steer: it is noted down, and may meet a fault.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use url::Url;

use super::Control;
use super::fault::Fault;
use super::record::{Received, Record, Watched, without_token};
use crate::app::App;
use crate::call::Service;
use crate::routes::Door;
use crate::target;

/// Marks a response that is not sent: the connection is dropped in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

pub(super) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(control) = &app.control else {
        return next.run(request).await;
    };
    if request.uri().path().starts_with("/api/emulator") {
        return next.run(request).await;
    }
    let target = target::of(request.headers()).ok();
    let fault = control.fault_for(request.method(), &place(&request, target.as_ref()));
    let request = control.note(request, target.as_ref());
    let Some(fault) = fault else {
        return next.run(request).await;
    };
    if fault.after {
        let answer = next.run(request).await;
        // The request is only through when its answer is.
        let _ = answer.into_body().collect().await;
        tokio::time::sleep(fault.delay()).await;
        return fault.response().unwrap_or_else(dropped);
    }
    tokio::time::sleep(fault.delay()).await;
    match fault.response() {
        _ if fault.close => dropped(),
        Some(response) => response,
        None => next.run(request).await,
    }
}

fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(DropConnection);
    response
}

/// Path and query, of the target if there is one.
fn place(request: &Request, target: Option<&Url>) -> String {
    match target {
        Some(url) => format!("{}?{}", url.path(), url.query().unwrap_or_default()),
        None => request.uri().to_string(),
    }
}

fn shown(target: &Url) -> String {
    let mut target = target.clone();
    let query = target.query().map(without_token);
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
    /// Uses up the fault that waits for such a request, if there is one.
    pub(super) fn fault_for(&self, method: &Method, place: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let at = faults
            .iter()
            .position(|fault| fault.strikes(method, place))?;
        let fault = faults.get_mut(at)?;
        let struck = fault.clone();
        if !fault.spend() {
            faults.remove(at);
        }
        Some(struck)
    }

    fn note(&self, request: Request, target: Option<&Url>) -> Request {
        let (parts, body) = request.into_parts();
        let received: Arc<Mutex<Received>> = Arc::default();
        let path = parts.uri.path();
        self.records.add(Record {
            method: parts.method.to_string(),
            path: path.to_owned(),
            query: parts.uri.query().map(without_token),
            target: target.map(shown),
            service: service(&parts.method, path, target),
            headers: parts.headers.clone(),
            body: Arc::clone(&received),
        });
        let body = Body::new(Watched { body, received });
        Request::from_parts(parts, body)
    }
}
