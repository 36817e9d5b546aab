//! The bodies of a connection. A request body fails if it brings nothing for too long while it is read. An answer body
//! marks the end of its request.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use super::activity::Activity;
use super::pool::Slot;

/// The sender of a body sent nothing for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence(Duration);

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing came for {} s", self.0.as_secs_f64())
    }
}

impl std::error::Error for Silence {}

/// A request's body. Its time limit runs only while a reader waits for bytes, as an upload that nobody reads yet
/// cannot send.
pub(super) struct RequestBody {
    body: Body,
    limit: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl RequestBody {
    pub(super) fn new(body: Body, limit: Duration) -> Self {
        Self {
            body,
            limit,
            waiting: None,
        }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.waiting = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = self.limit;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        waiting
            .as_mut()
            .poll(context)
            .map(|()| Some(Err(Silence(limit).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body. Dropping it ends its request.
pub(super) struct AnswerBody {
    body: Body,
    _request: Request,
}

impl AnswerBody {
    pub(super) fn new(body: Body, request: Request) -> Self {
        Self {
            body,
            _request: request,
        }
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A request of a connection, from its head to the last byte of its answer.
pub(super) struct Request(Slot);

impl Request {
    pub(super) fn begin(slot: &Slot) -> Self {
        slot.note(Activity::begin_request);
        Self(slot.clone())
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.note(|activity| activity.end_request(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn silent() -> Body {
        Body::from_stream(futures_util::stream::pending::<Result<Bytes, BoxError>>())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_brings_nothing_is_given_up_after_the_limit() {
        let mut body = RequestBody::new(silent(), Duration::from_mins(1));
        let frame = body.frame();
        let early = tokio::time::timeout(Duration::from_secs(59), frame).await;
        assert!(early.is_err());
        let late = tokio::time::timeout(Duration::from_secs(2), body.frame()).await;
        let error = late.expect("over").expect("an end").expect_err("silent");
        assert!(error.is::<Silence>(), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_nobody_waits_for_is_not_silent() {
        let mut body = RequestBody::new(Body::from("late"), Duration::from_secs(1));
        tokio::time::sleep(Duration::from_mins(10)).await;
        let frame = body.frame().await.expect("a frame").expect("well");
        assert_eq!(frame.into_data().expect("bytes"), "late");
    }

    #[test]
    fn the_length_that_is_announced_is_seen() {
        let body = RequestBody::new(Body::from("four"), Duration::from_secs(1));
        assert_eq!(http_body::Body::size_hint(&body).exact(), Some(4));
    }
}
