//! Streams of models, and of statuses.

use crate::support::{FetchInPlace, client, global_text, received, reset, text_input};
use fal_wasm::{Error, models::kandinsky5::ProTextToVideo};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

async fn events(input: Value) -> Result<Vec<Value>, Error> {
    reset().await;
    client()
        .call("emulator/stream", &input)
        .stream()
        .await?
        .try_collect()
        .await
}

#[wasm_bindgen_test]
async fn a_models_events_come_as_they_are_however_they_are_cut() {
    let values = json!([0, false, "", null, "größer 😀"]);
    let input = json!({ "values": values, "split_utf8": true, "crlf": true, "last_without_blank_line": true });
    assert_eq!(Value::from(events(input).await.expect("events")), values);
    assert_eq!(
        events(json!({ "events": 2_000 }))
            .await
            .expect("events")
            .len(),
        2_000
    );
}

#[wasm_bindgen_test]
async fn a_stream_that_is_cut_stalls_or_is_garbled_ends_with_its_failure() {
    let cut = events(json!({ "events": 5, "cut_after": 2 }))
        .await
        .expect_err("cut");
    assert!(matches!(cut, Error::Network { .. }), "{cut:?}");
    let garbled = events(json!({ "events": 3, "malformed_after": 1 }))
        .await
        .expect_err("garbled");
    assert!(matches!(garbled, Error::BadAnswer { .. }), "{garbled:?}");
    let input = json!({ "events": 3, "stall_after": 1 });
    let stalled = client()
        .call("emulator/stream", &input)
        .idle_timeout(Duration::from_millis(200));
    let mut stalled = stalled.stream().await.expect("a stream");
    assert!(stalled.next().await.is_some_and(|event| event.is_ok()));
    assert!(matches!(
        stalled.next().await,
        Some(Err(Error::Network { .. }))
    ));
    assert!(stalled.next().await.is_none());
}

#[wasm_bindgen_test]
async fn a_stream_that_is_refused_is_an_http_error() {
    let error = events(json!({ "status": 422, "body": { "detail": "no" } }))
        .await
        .expect_err("refused");
    assert_eq!(error.to_string(), "stream: HTTP 422: no");
}

#[wasm_bindgen_test]
async fn a_dropped_stream_ends_its_connection() {
    let input = json!({ "events": 1_000, "delay_ms": 50 });
    let mut stream = client()
        .call("emulator/stream", &input)
        .stream()
        .await
        .expect("a stream");
    assert!(stream.next().await.is_some());
    drop(stream);
}

#[wasm_bindgen_test]
async fn the_statuses_of_a_request_are_a_stream_up_to_the_last_one() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    let statuses = client()
        .request(&request)
        .stream_status()
        .await
        .expect("a stream");
    let statuses: Vec<_> = statuses.try_collect().await.expect("statuses");
    let last = statuses.last().expect("a status");
    assert!(last.is_completed() && last.logs().len() > 3, "{last:?}");
    assert_eq!(received("/status/stream?logs=1").await.len(), 1);
    let unknown = fal_wasm::RequestHandle::new("fal-ai/kandinsky5-pro", "unknown");
    let error = client()
        .request(&unknown)
        .stream_status()
        .await
        .expect_err("unknown");
    assert_eq!(error.status(), Some(404));
}

#[wasm_bindgen_test]
async fn a_direct_stream_goes_straight_to_fal_with_a_token_and_without_the_key() {
    reset().await;
    let in_place = FetchInPlace::new(
        "if (!request.url.startsWith('https://fal.run/')) return realFetch(request);
        globalThis.seen = request.url + ' ' + request.headers.get('authorization');
        const headers = { 'content-type': 'text/event-stream' };
        return Promise.resolve(new Response('data: 1\\n\\n', { headers }));",
    );
    let input = json!({ "prompt": "x" });
    let keyed = crate::support::builder().key("id:secret").build();
    let given = keyed
        .call("acme/app", &input)
        .query_param("x", "1")
        .direct_with_token("a b");
    let events: Vec<u32> = given
        .output::<u32>()
        .stream()
        .await
        .expect("a stream")
        .try_collect()
        .await
        .expect("events");
    assert_eq!(events, [1]);
    assert_eq!(
        global_text("seen"),
        "https://fal.run/acme/app/stream?x=1&fal_jwt_token=a%20b null"
    );
    let asked = keyed.call("emulator/stream", &input).direct();
    asked.stream().await.expect("a stream");
    drop(in_place);
    let seen = global_text("seen");
    assert!(
        seen.starts_with("https://fal.run/emulator/stream") && seen.contains("fal_jwt_token="),
        "{seen}"
    );
    assert_eq!(received("/tokens/").await.len(), 1);
}
