//! The feed: server-sent events that tell a page the news, for as long as it listens. It
//! can be resumed: each event names the changes up to which the page knows all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use bytes::Bytes;
use url::form_urlencoded;

use super::news::{self, Event, Told};
use crate::app::App;
use crate::event_stream::{self, Writer};

/// What happens within this time comes in one event.
const BUNDLE: Duration = Duration::from_millis(60);
/// How often it is looked for what does not tell when it changes: jobs, files and webhooks.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A page that is gone shows when something is sent to it.
const COMMENT_EVERY: Duration = Duration::from_secs(10);

/// Answers with the feed, from the event on whose id the page names: in a header when it
/// reconnects, in the query when it was paused.
pub(super) async fn answer(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let last = headers.get("last-event-id");
    let last = last.and_then(|last| last.to_str().ok()).map(str::to_owned);
    let known = last.or_else(|| parameter(&uri, "since"));
    let known = known.and_then(|known| sequence_in(&known, &app.inspector.run));
    let kind = HeaderValue::from_static(event_stream::KIND);
    let (writer, response) = event_stream::answer(kind);
    let told = Told::up_to(known.unwrap_or(0));
    app.runtime.spawn(tell(Arc::clone(&app), told, writer));
    response
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut pairs = form_urlencoded::parse(query);
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// The number in the id of an event, if it was one of this run.
fn sequence_in(id: &str, run: &str) -> Option<u64> {
    let (named, sequence) = id.split_once('.')?;
    sequence.parse().ok().filter(|_| named == run)
}

async fn tell(app: Arc<App>, mut told: Told, mut writer: Writer) {
    let run = &app.inspector.run;
    let mut changes = app.inspector.history.watch();
    let hello = written(&news::hello(&app), run, told.sequence);
    if writer.send_data(hello).await.is_err() {
        return;
    }
    let mut sent = Instant::now();
    loop {
        changes.mark_unchanged();
        let news = told.news(&app).await;
        // With each event goes the number: a page that gets only some of them asks again.
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
            () = app.ending.wait() => return,
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
