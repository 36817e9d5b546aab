//! How a running call is stopped from outside: by its caller, or because its time ran out.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_channel::mpsc::UnboundedReceiver;
use futures_core::Stream;
use futures_util::future::LocalBoxFuture;

use crate::engine::Stop;

/// Ways by which a call is stopped from outside.
pub(super) struct Stops {
    pub(super) requests: Option<UnboundedReceiver<Stop>>,
    pub(super) timeout: Option<LocalBoxFuture<'static, ()>>,
}

impl Stops {
    /// The call ends by itself only.
    pub(super) fn none() -> Self {
        Self {
            requests: None,
            timeout: None,
        }
    }

    /// Polls for the first stop.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Stop> {
        if let Some(requests) = &mut self.requests
            && let Poll::Ready(stop) = Pin::new(requests).poll_next(context)
        {
            return Poll::Ready(stop.unwrap_or(Stop::Aborted));
        }
        match &mut self.timeout {
            Some(timeout) => timeout.as_mut().poll(context).map(|()| Stop::TimedOut),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_channel::mpsc::unbounded;
    use futures_util::{FutureExt, task::noop_waker_ref};

    fn poll(stops: &mut Stops) -> Poll<Stop> {
        stops.poll(&mut Context::from_waker(noop_waker_ref()))
    }

    #[test]
    fn a_call_is_stopped_by_its_caller_by_its_timeout_or_when_nobody_is_left() {
        let (sender, requests) = unbounded();
        let mut stops = Stops {
            requests: Some(requests),
            timeout: None,
        };
        assert_eq!(poll(&mut stops), Poll::Pending);
        sender.unbounded_send(Stop::Detached).expect("a receiver");
        assert_eq!(poll(&mut stops), Poll::Ready(Stop::Detached));
        drop(sender);
        assert_eq!(poll(&mut stops), Poll::Ready(Stop::Aborted));
        let mut timed = Stops {
            requests: None,
            timeout: Some(std::future::ready(()).boxed_local()),
        };
        assert_eq!(poll(&mut timed), Poll::Ready(Stop::TimedOut));
        assert_eq!(poll(&mut Stops::none()), Poll::Pending);
    }
}
