//! The status stream: an event for every change of a request's status (protocol §5.4). Each event has only the new log
//! lines. The stream ends with the job.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::entry::Entry;
use super::jobs::Jobs;
use super::service::Queue;
use super::status::{self, Logs};
use crate::event_stream::{self, Writer};
use crate::protocol::Call;

pub(super) fn start(queue: &Queue, call: &Call, entry: &Arc<Entry>) -> Response {
    let kind = HeaderValue::from_static(event_stream::KIND);
    let (writer, response) = event_stream::open(kind);
    let watch = Watch {
        jobs: Arc::clone(&queue.jobs),
        comment_every: queue.comment_every,
        entry: Arc::clone(entry),
        base: call.base.clone(),
        logs: Logs::wanted(call),
        told_lines: 0,
        told: Map::new(),
    };
    queue.runtime.spawn(watch.tell(writer));
    response
}

/// One stream, and the status that it has sent already.
#[derive(Debug)]
struct Watch {
    jobs: Arc<Jobs>,
    comment_every: Duration,
    entry: Arc<Entry>,
    base: String,
    logs: Logs,
    told_lines: usize,
    /// The last event, without its log.
    told: Map<String, Value>,
}

impl Watch {
    async fn tell(mut self, mut writer: Writer) {
        let mut changes = self.entry.changes();
        let mut moves = self.jobs.moves();
        loop {
            if let Some(event) = self.event()
                && writer.send_data(event).await.is_err()
            {
                return;
            }
            if self
                .told
                .get("status")
                .is_some_and(|status| status == "COMPLETED")
            {
                return;
            }
            let comment = tokio::select! {
                _ = changes.changed() => false,
                _ = moves.changed() => false,
                () = tokio::time::sleep(self.comment_every) => true,
            };
            let text = Bytes::from_static(event_stream::COMMENT.as_bytes());
            if comment && writer.send_data(text).await.is_err() {
                return;
            }
        }
    }

    /// The next event. `None` if nothing has changed since the last event.
    fn event(&mut self) -> Option<Bytes> {
        let (_, mut body) = status::report(&self.jobs, &self.base, &self.entry, self.logs);
        let mut log = body.remove("logs").unwrap_or_default();
        if let Value::Array(lines) = &mut log {
            let known = self.told_lines.min(lines.len());
            self.told_lines = lines.len();
            lines.drain(..known);
        }
        let is_news = body != self.told || log.as_array().is_some_and(|new| !new.is_empty());
        if !is_news {
            return None;
        }
        self.told.clone_from(&body);
        body.insert("logs".to_owned(), log);
        Some(event_stream::event(&body.into()))
    }
}
