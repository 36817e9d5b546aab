//! The feed: server-sent events that report changes to a page as long as it listens. A page can resume it: the id of each
//! event has the number of the last change that the page knows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use bytes::Bytes;
use url::form_urlencoded;

use super::emulator::Emulator;
use super::news::{self, Event, Told};
use crate::event_stream::{self, Writer};

/// The wait after a change, so that further changes go into the same event.
const BUNDLE: Duration = Duration::from_millis(60);
/// The time between two looks at jobs, files and webhooks, which do not report their changes.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The time between two comments. Only a write shows that a page has left.
const COMMENT_EVERY: Duration = Duration::from_secs(10);

/// Answers with the feed. The page names the id of the last event that it received: in a header when the browser
/// reconnects, in the query when the person had paused the feed.
pub(super) async fn start(
    State(emulator): State<Arc<Emulator>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let last = headers.get("last-event-id");
    let last = last.and_then(|last| last.to_str().ok()).map(str::to_owned);
    let known = last.or_else(|| parameter(&uri, "since"));
    let known = known.and_then(|known| sequence_in(&known, &emulator.record.run));
    let kind = HeaderValue::from_static(event_stream::KIND);
    let (writer, response) = event_stream::open(kind);
    let told = Told::up_to(known.unwrap_or(0));
    tokio::spawn(tell(emulator, told, writer));
    response
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut pairs = form_urlencoded::parse(query);
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// The number in the id of an event. `None` if the event was sent by another run of the emulator.
fn sequence_in(id: &str, run: &str) -> Option<u64> {
    let (named, sequence) = id.split_once('.')?;
    sequence.parse().ok().filter(|_| named == run)
}

async fn tell(emulator: Arc<Emulator>, mut told: Told, mut writer: Writer) {
    let run = &emulator.record.run;
    let mut changes = emulator.record.history.watch();
    let hello = written(&news::hello(&emulator), run, told.sequence);
    if writer.send_data(hello).await.is_err() {
        return;
    }
    let mut sent = Instant::now();
    loop {
        changes.mark_unchanged();
        let news = told.news(&emulator).await;
        // Each event has the number in its id. A page that received only some of them gets the others when it reconnects.
        for event in &news {
            let event = written(event, run, told.sequence);
            if writer.send_data(event).await.is_err() {
                return;
            }
            sent = Instant::now();
        }
        if sent.elapsed() >= COMMENT_EVERY {
            let comment = Bytes::from_static(event_stream::COMMENT.as_bytes());
            if writer.send_data(comment).await.is_err() {
                return;
            }
            sent = Instant::now();
        }
        tokio::select! {
            _ = changes.changed() => tokio::time::sleep(BUNDLE).await,
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = emulator.ending.wait() => return,
        }
    }
}

fn written(event: &Event, run: &str, sequence: u64) -> Bytes {
    let Event { name, data } = event;
    format!("event: {name}\nid: {run}.{sequence}\ndata: {data}\n\n").into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_counts_only_in_the_run_that_gave_it() {
        assert_eq!(sequence_in("a1.17", "a1"), Some(17));
        for other in ["b2.17", "a1.", "a1", "17", "", "a1.-1", "a1.17.1"] {
            assert_eq!(sequence_in(other, "a1"), None, "{other}");
        }
    }

    #[test]
    fn an_event_has_a_name_an_id_and_one_line_of_data() {
        let event = Event {
            name: "jobs",
            data: json!({"text": "a\nb"}),
        };
        let expected = "event: jobs\nid: a1.17\ndata: {\"text\":\"a\\nb\"}\n\n";
        assert_eq!(written(&event, "a1", 17), expected);
    }
}
