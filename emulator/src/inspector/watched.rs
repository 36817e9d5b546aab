//! A body that is recorded while it is read.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use super::exchange::{Ending, Exchange, Side};
use super::history::History;

/// The time between two reports to the pages about a body that is still being sent.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// One of the two bodies of an exchange. The end of the answer's body ends the exchange.
#[derive(Debug)]
pub(super) struct Watched {
    body: Body,
    exchange: Arc<Exchange>,
    history: Arc<History>,
    side: Side,
    /// The number of bytes that are still to come. `None` if the length was not announced.
    left: Option<u64>,
}

impl Watched {
    /// `announced` is the length in the head, if the head has one.
    pub(super) fn new(
        body: Body,
        exchange: &Arc<Exchange>,
        history: &Arc<History>,
        side: Side,
        announced: Option<u64>,
    ) -> Self {
        let left = announced.or(body.size_hint().exact());
        let watched = Self {
            body,
            exchange: Arc::clone(exchange),
            history: Arc::clone(history),
            side,
            left,
        };
        // The server does not poll an empty body.
        watched.look_for_end();
        watched
    }

    /// Ends the exchange after the last byte. The server does not poll a body of known length again, so `poll_frame` never
    /// returns the end of the stream.
    fn look_for_end(&self) {
        if self.body.is_end_stream() || self.left == Some(0) {
            self.finish(Ending::Whole);
        }
    }

    fn finish(&self, ending: Ending) {
        if self.side == Side::Answer && self.exchange.finish(ending) {
            self.history.mark_changed(&self.exchange);
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    let bytes = data.len() as u64;
                    self.left = self.left.map(|left| left.saturating_sub(bytes));
                    if self.exchange.pass(self.side, data, TELL_EVERY) {
                        self.history.mark_changed(&self.exchange);
                    }
                }
                self.look_for_end();
            }
            Poll::Ready(Some(Err(_))) => self.finish(Ending::Cut),
            Poll::Ready(None) => self.finish(Ending::Whole),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // The body of an answer to HEAD is never read.
        let is_head = self.exchange.request.method == Method::HEAD;
        self.finish(if is_head {
            Ending::Whole
        } else {
            Ending::CallerLeft
        });
    }
}
