//! Streams of a model's events, and of a request's statuses.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use futures_util::{
    StreamExt,
    stream::{self, LocalBoxStream},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    body_reader::BodyReader,
    decode::{decode, decode_json},
    error::Error,
    events::EventReader,
    host::Host,
    loss::Loss,
    page::within,
    plan::Plan,
    reply::Content,
    status::{Status, with_all_logs},
};
use crate::protocol::Operation;

/// Three of the service's comments, which come every 15 s, may be missed (§5.4).
const IDLE_MS: f64 = 45_000.0;

/// The events of a model that runs (§7), as [`NewCall::stream`](crate::NewCall::stream) gives them. Dropping it ends it.
///
/// ```no_run
/// # use fal_wasm::{Client, Error};
/// # use futures_util::StreamExt;
/// # async fn example(client: Client) -> Result<(), Error> {
/// let input = serde_json::json!({ "prompt": "a fox" });
/// let mut events = client.call("fal-ai/flux/dev", &input).stream().await?;
/// while let Some(event) = events.next().await {
///     let picture_so_far = event?;
/// }
/// # Ok(())
/// # }
/// ```
pub struct EventStream<T> {
    events: LocalBoxStream<'static, Result<T, Error>>,
    request_id: Option<String>,
}

impl<T: DeserializeOwned + 'static> EventStream<T> {
    pub(super) async fn open(plan: Plan, idle_ms: Option<f64>) -> Result<Self, Error> {
        let (source, request_id) = open(plan, idle_ms).await?;
        let id = request_id.clone();
        let events = read_all(source, idle_ms.unwrap_or(IDLE_MS)).map(move |content| {
            let event = content.and_then(|content| match content {
                Content::Json { text, .. } => decode_json(text, Operation::Stream),
                content => decode(content, Operation::Stream),
            });
            event.map_err(|error| error.about(id.as_deref()))
        });
        Ok(Self {
            events: events.boxed_local(),
            request_id,
        })
    }

    /// The request's id, if the page may read that header.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("EventStream");
        out.field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// The statuses of a request (§5.4), as [`ExistingRequest::stream_status`](crate::ExistingRequest::stream_status) gives
/// them. Each has all the logs so far. It ends after [`Status::Completed`]. Dropping it ends it.
pub struct StatusStream(LocalBoxStream<'static, Result<Status, Error>>);

impl StatusStream {
    pub(super) async fn open(plan: Plan, idle_ms: Option<f64>) -> Result<Self, Error> {
        let id = plan.handle.as_ref().map(|handle| handle.request_id.clone());
        let (source, _) = open(plan, idle_ms).await?;
        let mut logs = Vec::new();
        let mut is_over = false;
        let statuses = read_all(source, idle_ms.unwrap_or(IDLE_MS)).map(move |content| {
            let event =
                content.and_then(|content| decode::<Value>(content, Operation::StreamByGet));
            let event = event.map_err(|error| error.about(id.as_deref()))?;
            Ok(Status::from(with_all_logs(event, &mut logs)))
        });
        let statuses = statuses.take_while(move |status| {
            let is_wanted = !is_over;
            is_over = status.as_ref().is_ok_and(Status::is_completed);
            std::future::ready(is_wanted)
        });
        Ok(Self(statuses.boxed_local()))
    }
}

impl Stream for StatusStream {
    type Item = Result<Status, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl fmt::Debug for StatusStream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StatusStream")
    }
}

/// A body, by the type of the answer.
enum Source {
    Events(EventReader),
    /// JSON or text, which is one event.
    Whole(BodyReader, String),
    /// Bytes, of which each piece is an event.
    Pieces(BodyReader),
    Over,
}

/// Sends the request of a stream: its body, and the request's id.
async fn open(plan: Plan, idle_ms: Option<f64>) -> Result<(Source, Option<String>), Error> {
    let opened = within(idle_ms, Host::perform(plan)).await;
    let outcome = opened.unwrap_or_else(|| Err(lost(Loss::late(idle_ms.unwrap_or_default()))))?;
    let headers = outcome.reply.headers;
    let content_type = headers.content_type.to_ascii_lowercase();
    let source = match outcome.body {
        None => Source::Over,
        Some(body) if content_type.starts_with("text/event-stream") => {
            Source::Events(EventReader::new(body))
        }
        Some(body) if content_type.contains("json") || content_type.starts_with("text/") => {
            Source::Whole(body, content_type)
        }
        Some(body) => Source::Pieces(body),
    };
    Ok((source, headers.request_id))
}

/// Reads a stream to its end, or to its failure.
fn read_all(source: Source, idle_ms: f64) -> impl Stream<Item = Result<Content, Error>> {
    stream::unfold(source, move |mut source| async move {
        let read = match &mut source {
            Source::Over => return None,
            Source::Events(events) => read_event(events, idle_ms).await,
            Source::Pieces(body) => read_piece(body, idle_ms).await,
            Source::Whole(body, content_type) => {
                let bytes = body.read_all(Some(idle_ms)).await;
                let content = bytes.map(|bytes| Some(Content::read(content_type, bytes, false)));
                source = Source::Over;
                content.map_err(lost)
            }
        };
        match read {
            Ok(Some(content)) => Some((Ok(content), source)),
            Ok(None) => None,
            Err(error) => Some((Err(error), Source::Over)),
        }
    })
}

async fn read_event(events: &mut EventReader, idle_ms: f64) -> Result<Option<Content>, Error> {
    let data = events.next(idle_ms).await.map_err(lost)?;
    Ok(data.map(|text| Content::Json {
        text,
        value: Value::Null,
    }))
}

async fn read_piece(body: &mut BodyReader, idle_ms: f64) -> Result<Option<Content>, Error> {
    let late = || Err(Loss::late(idle_ms));
    let piece = within(Some(idle_ms), body.next())
        .await
        .unwrap_or_else(late);
    Ok(piece.map_err(lost)?.map(Content::Bytes))
}

fn lost(loss: Loss) -> Error {
    Error::Network {
        operation: "stream",
        message: loss.message,
        is_offline: loss.is_offline,
        request_id: None,
    }
}
