//! Faults of an answer's body: the real answer is made, and then garbled, slowed or broken off.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt;
use http_body_util::channel::Channel;

use crate::event_stream::Writer;
use crate::reply;

/// The wait before the connection is cut, so that the bytes before the cut are sent.
const ON_ITS_WAY: Duration = Duration::from_millis(20);
/// The time between two pieces of a slow answer. It is longer if less than a byte would be sent each time.
const BEAT: Duration = Duration::from_millis(50);
/// The time between two checks whether the caller is still there.
const LOOK: Duration = Duration::from_millis(100);

/// Why no more of the real answer can be passed on.
pub(super) enum Lost {
    /// The caller has left.
    Caller,
    /// The real answer broke off.
    Answer,
}

/// The answer with a body that `write` makes from the real one. The head keeps the length of the real body.
pub(super) fn rewritten<F>(answer: Response, write: impl FnOnce(Source, Writer) -> F) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    let (mut parts, body) = answer.into_parts();
    if let Some(bytes) = body.size_hint().exact() {
        parts.headers.insert(CONTENT_LENGTH, bytes.into());
    }
    let (writer, sent) = Channel::new(1);
    // The task ends when the caller leaves.
    tokio::spawn(write(Source(body), writer));
    Response::from_parts(parts, Body::new(sent))
}

/// The body of the real answer.
pub(super) struct Source(Body);

impl Source {
    /// The next piece, or `None` at the end. Fails soon after the caller has left, so that the real answer is dropped:
    /// some jobs run only as long as their answer is read.
    pub(super) async fn next(&mut self, writer: &mut Writer) -> Result<Option<Bytes>, Lost> {
        loop {
            match tokio::time::timeout(LOOK, self.0.frame()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Lost::Answer),
                Ok(Some(Ok(frame))) => {
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
                // Sending an empty piece writes nothing to the connection, but fails if the caller has left.
                Err(_) => writer
                    .send_data(Bytes::new())
                    .await
                    .map_err(|_| Lost::Caller)?,
            }
        }
    }
}

/// Cuts the connection, after a wait for the bytes that were sent before.
pub(super) async fn cut(writer: Writer) {
    tokio::time::sleep(ON_ITS_WAY).await;
    writer.abort(io::Error::from(io::ErrorKind::ConnectionAborted));
}

/// The first half of the answer.
pub(super) async fn truncated(answer: Response, chunked: bool) -> Response {
    let answer = whole(answer).await;
    let half = answer.body().size_hint().lower() / 2;
    let half = usize::try_from(half).unwrap_or(usize::MAX);
    let mut answer = rewritten(answer, move |source, writer| first(half, source, writer));
    if chunked {
        answer.headers_mut().remove(CONTENT_LENGTH);
    }
    answer
}

/// The answer's head and the first byte of its body. They show the caller that the request was processed, and nothing
/// more. Headers that name the request are removed.
pub(super) async fn first_byte(answer: Response) -> Response {
    let (mut parts, body) = whole(answer).await.into_parts();
    let kind = parts.headers.remove(CONTENT_TYPE);
    parts.headers.clear();
    parts.headers.extend(kind.map(|kind| (CONTENT_TYPE, kind)));
    let answer = Response::from_parts(parts, body);
    let is_empty = answer.body().size_hint().exact() == Some(0);
    let mut answer = rewritten(answer, |source, writer| first(1, source, writer));
    if is_empty {
        // The length announces a byte, so that its absence breaks the answer off.
        answer
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from_static("1"));
    }
    answer
}

async fn first(mut bytes: usize, mut source: Source, mut writer: Writer) {
    while bytes > 0
        && let Ok(Some(mut piece)) = source.next(&mut writer).await
    {
        piece.truncate(bytes);
        bytes -= piece.len();
        if writer.send_data(piece).await.is_err() {
            return;
        }
    }
    cut(writer).await;
}

/// A complete answer with the content type of JSON, whose body is not valid JSON.
pub(super) async fn malformed(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let body = body.unwrap_or_default();
    let start = match body.trim_ascii_end() {
        [start @ .., b'}' | b']'] => start,
        _ => b"{\"detail\": ",
    };
    parts.headers.remove(CONTENT_LENGTH);
    let answer = Response::from_parts(parts, Body::from([start, b",]"].concat()));
    reply::with(
        answer,
        CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )
}

/// The answer, sent at `per_second` bytes a second.
pub(super) fn slow(answer: Response, per_second: u32) -> Response {
    let beats = u32::try_from(Duration::from_secs(1).as_millis() / BEAT.as_millis()).unwrap_or(1);
    let (bytes, beat) = if per_second >= beats {
        (per_second / beats, BEAT)
    } else {
        (1, Duration::from_secs(1) / per_second.max(1))
    };
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    rewritten(answer, move |mut source, mut writer| async move {
        loop {
            let mut piece = match source.next(&mut writer).await {
                Ok(Some(piece)) => piece,
                Ok(None) | Err(Lost::Caller) => return,
                Err(Lost::Answer) => return cut(writer).await,
            };
            while !piece.is_empty() {
                tokio::time::sleep(beat).await;
                let now = piece.split_to(bytes.min(piece.len()));
                if writer.send_data(now).await.is_err() {
                    return;
                }
            }
        }
    })
}

/// The answer with its whole body in memory. After this, its request has been processed.
async fn whole(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    Response::from_parts(parts, Body::from(body.unwrap_or_default()))
}
