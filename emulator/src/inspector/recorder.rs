//! The layer that records every call of the protocol. It is the outermost layer, so that it records what callers get.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::exchange::{Ending, Exchange, RequestHead, Side};
use super::record::Record;
use super::watched::Watched;
use crate::fault::{self, DropConnection, Struck};
use crate::protocol::Door;
use crate::storage::Place;
use crate::target;

/// The prefix of the emulator's own routes. Of these, only requests to the proxy are calls of the protocol.
const OWN: &str = "/api/";

pub(crate) async fn layer(
    State(record): State<Arc<Record>>,
    request: Request,
    next: Next,
) -> Response {
    if !is_call(&request) {
        return next.run(request).await;
    }
    let (request, exchange) = record.note_request(request);
    let open = Open {
        record: &record,
        exchange: &exchange,
    };
    let response = next.run(request).await;
    std::mem::forget(open);
    record.note_answer(response, &exchange)
}

/// Whether a request is a call of the protocol. Requests for the page's files are not.
fn is_call(request: &Request) -> bool {
    let path = request.uri().path();
    if path.starts_with(OWN) {
        return path.trim_end_matches('/') == target::PROXY_PATH;
    }
    Door::of(request.method(), path).is_some()
}

/// An exchange without an answer. If it is dropped, the caller has left.
struct Open<'a> {
    record: &'a Record,
    exchange: &'a Exchange,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.record.finish(self.exchange, Ending::CallerLeft);
    }
}

impl Record {
    fn note_request(&self, request: Request) -> (Request, Arc<Exchange>) {
        let target = target::of(request.headers()).ok();
        let call = fault::Call::of(&request, target.as_ref());
        let (parts, body) = request.into_parts();
        let path = target.as_ref().map_or(parts.uri.path(), Url::path);
        let head = RequestHead {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            endpoint: self.lock_spending().endpoint_of(&call),
            file: file_in(path),
            call,
            target,
        };
        let history = &self.history;
        let exchange = history.begin(|id| Exchange::new(id, head, history.budget()));
        let body = Watched::new(body, &exchange, history, Side::Request, None);
        (Request::from_parts(parts, Body::new(body)), exchange)
    }

    fn note_answer(&self, response: Response, exchange: &Arc<Exchange>) -> Response {
        let (parts, body) = response.into_parts();
        if parts.extensions.get::<Struck>().is_some() {
            exchange.mark_struck();
        }
        if parts.extensions.get::<DropConnection>().is_some() {
            self.finish(exchange, Ending::Dropped);
            return Response::from_parts(parts, body);
        }
        let history = &self.history;
        exchange.note_answer(parts.status, &parts.headers, history.budget());
        let request = &exchange.request;
        self.lock_spending()
            .note(&request.call, request.endpoint.as_deref(), &parts.headers);
        history.mark_changed(exchange);
        let length = parts.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        let body = Watched::new(body, exchange, history, Side::Answer, length);
        Response::from_parts(parts, Body::new(body))
    }

    fn finish(&self, exchange: &Exchange, ending: Ending) {
        if exchange.finish(ending) {
            self.history.mark_changed(exchange);
        }
    }
}

/// The path of the stored file that a request's path names, with or without a service's host before it.
fn file_in(path: &str) -> Option<String> {
    let path = path.get(path.find("/files/")?..)?;
    Some(Place::of(path)?.file()?.to_string())
}
