//! The terms in a submit's headers: the start timeout, and results that are not stored.

use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, Reply, T2V, events, follow_up, long_job, options, piece};

/// An emulator whose only slot is taken for a long time.
async fn busy() -> Emulator {
    let emulator = Emulator::with(Options {
        concurrency: 1,
        pace: Duration::from_mins(10),
        ..options()
    })
    .await;
    let id = emulator.submit(T2V, &long_job()).await;
    emulator
        .status_when(&id, |status| status["status"] == "IN_PROGRESS")
        .await;
    emulator
}

async fn submit_with(emulator: &Emulator, headers: &[(&str, &str)], input: &Value) -> Reply {
    let path = format!("/{T2V}");
    emulator
        .send("POST", &path, headers, input.to_string())
        .await
}

fn id(reply: &Reply) -> String {
    reply.json()["request_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_that_does_not_start_in_time_is_the_callers_own_timeout() {
    let emulator = busy().await;
    for (header, seconds) in [
        ("x-fal-request-timeout", "0.4"),
        ("x-fal-request-start-timeout", "0.40"),
    ] {
        let began = Instant::now();
        let reply = submit_with(&emulator, &[(header, seconds)], &long_job()).await;
        let id = id(&reply);
        assert_eq!(emulator.status(&id).await["status"], "IN_QUEUE");
        let status = emulator.completed(&id).await;
        assert!(began.elapsed() >= Duration::from_millis(400));
        assert_eq!(status["error_type"], "request_timeout");
        assert!(status["error"].as_str().unwrap().contains("did not start"));

        let result = emulator.get(&follow_up(&id, "")).await;
        assert_eq!(result.status, 504);
        assert_eq!(result.header("x-fal-request-timeout-type"), Some("user"));
        assert_eq!(result.header("x-fal-error-type"), Some("request_timeout"));
        assert_eq!(result.header("x-fal-needs-retry"), Some("0"));
        assert_eq!(result.json()["error_type"], "request_timeout");
        let cancel = emulator
            .send("PUT", &follow_up(&id, "/cancel"), &[], "")
            .await;
        assert_eq!(cancel.status, 400);
    }
    // The expired jobs have left the line.
    let reply = submit_with(&emulator, &[], &long_job()).await;
    assert_eq!(reply.json()["queue_position"], 0);
}

#[tokio::test]
async fn a_status_stream_ends_with_the_time_to_the_start_and_those_behind_move_up() {
    let emulator = busy().await;
    let timeout = [("x-fal-request-timeout", "0.9")];
    let first = id(&submit_with(&emulator, &timeout, &long_job()).await);
    let behind = id(&submit_with(&emulator, &[], &long_job()).await);
    let path = follow_up(&behind, "/status/stream");
    let mut stream = emulator.open("GET", &path, &[], "").await;
    let place = events(&piece(&mut stream).await.unwrap().unwrap());
    assert_eq!(place[0]["queue_position"], 1);

    let ended = emulator.get(&follow_up(&first, "/status/stream")).await;
    let ended = events(&ended.body);
    let last = ended.last().unwrap();
    assert_eq!(last["status"], "COMPLETED");
    assert_eq!(last["error_type"], "request_timeout");
    let place = events(&piece(&mut stream).await.unwrap().unwrap());
    assert_eq!(place[0]["queue_position"], 0);
}

#[tokio::test]
async fn a_request_that_started_is_not_timed() {
    let emulator = Emulator::with(Options {
        pace: Duration::from_millis(600),
        ..options()
    })
    .await;
    let timeout = [("x-fal-request-timeout", "0.3")];
    let reply = submit_with(&emulator, &timeout, &json!({"prompt": "in time"})).await;
    let status = emulator.completed(&id(&reply)).await;
    assert_eq!(status.get("error"), None, "{status}");
}

#[tokio::test]
async fn headers_that_mean_nothing_are_taken() {
    let emulator = busy().await;
    for (name, value) in [
        ("x-fal-request-timeout", "soon"),
        ("x-fal-request-timeout", "-1"),
        ("x-fal-tags", "a=b,team=Ünïcode,fal.reserved=1"),
        ("x-fal-tags", &"k=v,".repeat(1000)),
        ("x-fal-queue-priority", "urgent"),
        ("x-fal-runner-hint", "anything"),
        ("x-fal-retry-config", "{"),
        ("x-fal-no-retry", "yes"),
        ("x-fal-store-io", "maybe"),
        ("x-app-fal-disable-fallback", "true"),
        ("x-fal-object-lifecycle-preference", "[]"),
    ] {
        let value = value.replace(|c: char| !c.is_ascii(), "_");
        let reply = submit_with(&emulator, &[(name, &value)], &long_job()).await;
        assert_eq!(reply.status, 200, "{name}: {value}");
        let status = emulator.status(&id(&reply)).await;
        assert_eq!(status["status"], "IN_QUEUE", "{name}: {value}");
    }
}

#[tokio::test]
async fn a_result_that_is_not_to_be_stored_is_forgotten_and_others_are_not() {
    let emulator = Emulator::with(Options {
        // With this, an hour becomes 360 ms.
        speed_up: 10_000,
        ..options()
    })
    .await;
    let wrong = json!({"prompt": 3});
    let stored = submit_with(&emulator, &[("x-fal-store-io", "1")], &wrong).await;
    let fleeting = submit_with(&emulator, &[("x-fal-store-io", "0")], &wrong).await;
    let result = |reply: &Reply| follow_up(&id(reply), "");
    assert_eq!(emulator.get(&result(&fleeting)).await.status, 422);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let gone = emulator.get(&result(&fleeting)).await;
    assert_eq!(
        (gone.status.as_u16(), gone.detail().as_str()),
        (404, "Request not found")
    );
    assert_eq!(emulator.get(&result(&stored)).await.status, 422);
}
