//! The layer that applies faults to the requests that they strike.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;

use super::action::{Action, Reset, Stop, StreamFault, Strike};
use super::answer::Answer;
use super::faults::Faults;
use super::place::Call;
use super::{body, events};
use crate::target;

/// Marks a response that is not sent. The server drops the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

/// Marks the answer to a request that a fault struck.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Struck;

/// Applies the fault that strikes a request, or passes the request on.
pub(crate) async fn layer(
    State(faults): State<Arc<Faults>>,
    request: Request,
    next: Next,
) -> Response {
    if faults.is_idle() || request.uri().path().starts_with("/api/emulator") {
        return next.run(request).await;
    }
    let target = target::of(request.headers()).ok();
    match faults.strike(&Call::of(&request, target.as_ref())) {
        None => next.run(request).await,
        Some(strike) => {
            let mut response = perform(strike, request, next).await;
            response.extensions_mut().insert(Struck);
            response
        }
    }
}

async fn perform(strike: Strike, request: Request, next: Next) -> Response {
    let Strike { delay, action } = strike;
    let wait = tokio::time::sleep(delay);
    match action {
        Action::Answer {
            answer,
            after: true,
        } => {
            through(next.run(request).await).await;
            tokio::time::sleep(delay).await;
            answer.response()
        }
        Action::Answer { answer, .. } => refused(request, wait, &answer).await,
        Action::Expired => refused(request, wait, &expired()).await,
        Action::Reset(Reset::Before) => {
            wait.await;
            dropped()
        }
        Action::Reset(Reset::AfterInSilence) => {
            through(next.run(request).await).await;
            tokio::time::sleep(delay).await;
            dropped()
        }
        // The other faults change the real answer.
        altering => {
            wait.await;
            altered(next.run(request).await, altering).await
        }
    }
}

async fn altered(answer: Response, action: Action) -> Response {
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        return answer;
    }
    let is_stream = events::is_stream(&answer);
    match action {
        // A stream has no half and no end, so it is cut before its first event.
        Action::Truncate { .. } | Action::Reset(_) if is_stream => {
            let (stop, split) = (Some((0, Stop::Cut)), false);
            events::struck(answer, StreamFault { stop, split })
        }
        Action::Malformed if is_stream => answer,
        Action::Truncate { chunked } => body::truncated(answer, chunked).await,
        Action::Malformed => body::malformed(answer).await,
        Action::Reset(_) => body::first_byte(answer).await,
        Action::Stream(fault) => events::struck(answer, fault),
        Action::Slow(per_second) => body::slow(answer, per_second),
        _ => answer,
    }
}

/// Waits until the request has been processed, that is, until its answer is complete. An event stream may never end,
/// so the start of its answer is enough.
async fn through(answer: Response) {
    if !events::is_stream(&answer) {
        let _ = answer.into_body().collect().await;
    }
}

/// Waits, then sends `answer` in place of the service's answer. During the wait nobody reads the request's body, so that
/// an upload stalls.
async fn refused(request: Request, wait: tokio::time::Sleep, answer: &Answer) -> Response {
    wait.await;
    crate::body::discard(request.into_body());
    answer.response()
}

fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(DropConnection);
    response
}

/// The answer of an object store to an expired URL.
fn expired() -> Answer {
    let page = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>\
                <Message>Request has expired</Message></Error>";
    let xml = axum::http::HeaderValue::from_static("application/xml");
    let answer = Answer::html(StatusCode::FORBIDDEN, page);
    answer.with(CONTENT_TYPE, xml)
}
