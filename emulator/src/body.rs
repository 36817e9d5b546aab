//! Reads request bodies up to a limit. Neither a wrong length header nor a longer body gets past the limit.

use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;

use crate::connection::Silence;
use crate::reply;

/// How long the emulator reads and discards the rest of a refused body. If it stopped at once, the sender would see
/// a broken connection instead of the refusal.
const DISCARD_FOR: Duration = Duration::from_secs(10);

/// Why a body was not read to its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Unread {
    /// It is longer than the limit, in bytes.
    TooLarge(usize),
    /// Its sender sent nothing for too long.
    Silent,
    /// The sender went away, or did not keep to HTTP.
    Broken,
}

impl Unread {
    fn of(error: &axum::Error) -> Self {
        if causes(error).any(<dyn Error>::is::<Silence>) {
            Self::Silent
        } else {
            Self::Broken
        }
    }

    /// The fault in the body of a request that the proxy forwards. `None` if forwarding failed for
    /// another cause.
    pub(crate) fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut causes = causes(error).filter_map(|cause| cause.downcast_ref());
        causes.next().map(Self::of)
    }

    /// The answer to the sender of the body.
    pub(crate) fn response(&self) -> Response {
        match self {
            Self::TooLarge(limit) => reply::detail(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The request body is larger than {limit} bytes"),
            ),
            Self::Silent => reply::detail(
                StatusCode::REQUEST_TIMEOUT,
                "The request body stopped before it was complete",
            ),
            Self::Broken => reply::detail(
                StatusCode::BAD_REQUEST,
                "The request body broke off, or is not in the form that its headers announce",
            ),
        }
    }
}

/// An error and its causes, the error first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// The whole body of a request, if it is no longer than `limit` bytes.
pub(crate) async fn receive(mut body: Body, limit: usize) -> Result<Bytes, Unread> {
    let read = read(&mut body, limit).await;
    if matches!(read, Err(Unread::TooLarge(_))) {
        discard(body);
    }
    read
}

/// The whole body, if it is no longer than `limit` bytes. The rest of a longer body stays unread.
pub(crate) async fn read(body: &mut Body, limit: usize) -> Result<Bytes, Unread> {
    let mut all = BytesMut::new();
    let mut pieces = Pieces::of(body, limit)?;
    while let Some(piece) = pieces.next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}

/// A body, piece by piece, up to a limit.
#[derive(Debug)]
pub(crate) struct Pieces<'a> {
    body: &'a mut Body,
    limit: usize,
    left: usize,
}

impl<'a> Pieces<'a> {
    /// Fails before reading if the announced length is larger than `limit`.
    pub(crate) fn of(body: &'a mut Body, limit: usize) -> Result<Self, Unread> {
        let announced = body.size_hint().lower();
        if usize::try_from(announced).is_ok_and(|announced| announced <= limit) {
            let left = limit;
            return Ok(Self { body, limit, left });
        }
        Err(Unread::TooLarge(limit))
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Unread> {
        while let Some(frame) = self.body.frame().await {
            let Ok(piece) = frame.map_err(|error| Unread::of(&error))?.into_data() else {
                continue;
            };
            let left = self.left.checked_sub(piece.len());
            self.left = left.ok_or(Unread::TooLarge(self.limit))?;
            return Ok(Some(piece));
        }
        Ok(None)
    }
}

/// Reads and discards the rest of a refused request, for at most [`DISCARD_FOR`].
pub(crate) fn discard(mut body: Body) {
    tokio::spawn(tokio::time::timeout(DISCARD_FOR, async move {
        while let Some(Ok(_)) = body.frame().await {}
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_within_the_limit_is_read_whole() {
        let read = receive(Body::from("four"), 4).await.expect("fits");
        assert_eq!(read, "four");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused() {
        let read = receive(Body::from("fives"), 4).await;
        assert!(matches!(read, Err(Unread::TooLarge(4))));
    }
}
