//! The status stream: an event for every change.

use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, PRO, T2V, events, follow_up, long_job, options, piece};

async fn slow() -> Emulator {
    Emulator::with(Options {
        concurrency: 1,
        pace: Duration::from_mins(10),
        comment_every: Duration::from_millis(30),
        ..options()
    })
    .await
}

#[tokio::test]
async fn the_stream_tells_the_stages_in_order_and_the_log_in_deltas_and_ends() {
    let emulator = Emulator::start().await;
    let input = json!({"delay_ms": 50, "logs": ["one", "two"]});
    let submitted = emulator.post("/queue.fal.run/emulator/echo", &input).await;
    let submitted = submitted.json();
    let status_url = submitted["status_url"].as_str().unwrap();
    let reply = emulator.get(&format!("{status_url}/stream?logs=1")).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/event-stream; charset=utf-8")
    );
    assert_eq!(
        reply.header("x-fal-request-id"),
        submitted["request_id"].as_str()
    );
    let events = events(&reply.body);
    let mut order = vec!["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
        .into_iter()
        .peekable();
    for event in &events {
        let status = event["status"].as_str();
        order
            .find(|known| Some(*known) == status)
            .expect("in order");
        assert_eq!(event["status_url"], status_url);
    }
    assert_eq!(events.last().unwrap()["status"], "COMPLETED");
    let lines = events
        .iter()
        .flat_map(|event| event["logs"].as_array().unwrap());
    let told: Vec<_> = lines
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["one", "two"]);

    let again = emulator.get(&format!("{status_url}/stream")).await;
    let again = self::events(&again.body);
    assert_eq!(again.len(), 1);
    assert_eq!(again[0]["logs"], Value::Null);
    let polled = emulator.get(status_url).await.json();
    assert_eq!(again[0], polled);
}

#[tokio::test]
async fn a_waiting_jobs_stream_tells_its_place_and_a_cancel_ends_it() {
    let emulator = slow().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(emulator.submit(T2V, &long_job()).await);
    }
    let path = follow_up(&ids[2], "/status/stream");
    let mut stream = emulator.open("GET", &path, &[], "").await;
    let first = events(&piece(&mut stream).await.unwrap().unwrap());
    assert_eq!(first[0]["status"], "IN_QUEUE");
    assert_eq!(first[0]["queue_position"], 1);

    let comment = piece(&mut stream).await.unwrap().unwrap();
    assert!(comment.starts_with(b":"), "{comment:?}");

    let cancel = |id: &str| follow_up(id, "/cancel");
    emulator.send("PUT", &cancel(&ids[1]), &[], "").await;
    assert_eq!(next_event(&mut stream).await["queue_position"], 0);
    emulator.send("PUT", &cancel(&ids[2]), &[], "").await;
    let last = next_event(&mut stream).await;
    assert_eq!(last["status"], "COMPLETED");
    assert_eq!(last["error_type"], "client_cancelled");
    assert_eq!(piece(&mut stream).await.unwrap(), None);
}

async fn next_event(stream: &mut hyper::Response<hyper::body::Incoming>) -> Value {
    loop {
        let piece = piece(stream).await.unwrap().expect("not ended");
        if let Some(event) = events(&piece).pop() {
            return event;
        }
    }
}

#[tokio::test]
async fn a_streams_events_come_when_things_happen() {
    let emulator = slow().await;
    let id = emulator.submit(T2V, &long_job()).await;
    let path = follow_up(&id, "/status/stream?logs=true");
    let mut stream = emulator.open("GET", &path, &[("accept", "*/*")], "").await;
    while next_event(&mut stream).await["status"] != "IN_PROGRESS" {}
    let began = Instant::now();
    emulator
        .send("PUT", &follow_up(&id, "/cancel"), &[], "")
        .await;
    while next_event(&mut stream).await["status"] != "COMPLETED" {}
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_stream_of_nothing_is_not_found_and_has_one_method() {
    let emulator = Emulator::start().await;
    let path = format!("/{PRO}/requests/0b6c/status/stream");
    let reply = emulator.get(&path).await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json(), json!({"status": "NOT_FOUND"}));
    let reply = emulator.send("POST", &path, &[], "").await;
    assert_eq!(reply.status, 405);
}

#[tokio::test]
async fn a_token_opens_the_stream_of_its_own_app_alone() {
    let emulator = Emulator::start().await;
    let id = emulator.submit(T2V, &json!({"prompt": 3})).await;
    for (app, status) in [
        ("kandinsky5-pro", 200),
        ("fal-ai/kandinsky5-pro/text-to-video/stream", 200),
        ("kandinsky5", 401),
    ] {
        let token = emulator.token(app, 60.0).await;
        let path = follow_up(&id, &format!("/status/stream?fal_jwt_token={token}"));
        assert_eq!(emulator.get(&path).await.status, status, "{app}");
    }
    let path = follow_up(&id, "/status/stream?fal_jwt_token=none");
    assert_eq!(emulator.get(&path).await.status, 401);
    let records = json!(emulator.requests().await).to_string();
    assert!(records.contains("fal_jwt_token=present") && !records.contains("eyJ"));
}
