//! Holds: requests and jobs that wait until a test releases them.

use std::sync::Arc;
use std::time::Duration;

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, PRO, T2V, follow_up, options};

const HOLDS: &str = "/api/emulator/holds";

/// Sets a hold, and returns its id.
async fn hold(emulator: &Emulator, about: Value) -> Value {
    let reply = emulator.post(HOLDS, &about).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["hold"].clone()
}

async fn release(emulator: &Emulator, id: &Value) {
    let path = format!("{HOLDS}/{id}");
    let reply = emulator.send("DELETE", &path, &[], "").await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Resolves once `wanted` requests or jobs wait at the only hold.
async fn waiting(emulator: &Emulator, wanted: u64) {
    while emulator.get(HOLDS).await.json()[0]["waiting"] != wanted {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn without_leave_nothing_can_be_held() {
    let emulator = Emulator::with(Options {
        control: false,
        ..options()
    })
    .await;
    for (method, path) in [("GET", ""), ("POST", ""), ("DELETE", ""), ("DELETE", "/1")] {
        let reply = emulator
            .send(method, &format!("{HOLDS}{path}"), &[], "{}")
            .await;
        assert_eq!(reply.status, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn a_held_request_has_arrived_and_is_answered_once_it_is_released() {
    let emulator = Arc::new(Emulator::start().await);
    let about = json!({"method": "POST", "path_contains": "text-to-video"});
    let id = hold(&emulator, about).await;
    let sender = Arc::clone(&emulator);
    let held = tokio::spawn(async move { sender.post(&format!("/{T2V}"), &json!({})).await });
    waiting(&emulator, 1).await;
    assert_eq!(emulator.requests().await.len(), 1, "it is in the record");
    let other = follow_up("no-such-id", "/status");
    assert_eq!(emulator.get(&other).await.status, 404, "others pass");
    assert!(!held.is_finished());

    release(&emulator, &id).await;
    assert_eq!(held.await.expect("an answer").status, 200);
    let later = emulator.post(&format!("/{T2V}"), &json!({})).await;
    assert_eq!(later.status, 200, "nothing is held any longer");
}

#[tokio::test]
async fn a_held_request_whose_caller_leaves_is_not_performed() {
    let emulator = Arc::new(Emulator::start().await);
    hold(&emulator, json!({"path_contains": "/echo"})).await;
    let sender = Arc::clone(&emulator);
    let held = tokio::spawn(async move {
        let path = "/fal.run/emulator/echo";
        sender.post(path, &json!({})).await
    });
    waiting(&emulator, 1).await;
    held.abort();
    waiting(&emulator, 0).await;
    let released = emulator.send("DELETE", HOLDS, &[], "").await;
    assert_eq!(released.status, 200);
    assert_eq!(emulator.get(HOLDS).await.json(), json!([]));
}

#[tokio::test]
async fn a_job_is_held_at_a_line_of_its_log() {
    let emulator = Emulator::start().await;
    let id = hold(&emulator, json!({"log_contains": "(50%)"})).await;
    let request = emulator.submit(T2V, &json!({"prompt": "a river"})).await;
    waiting(&emulator, 1).await;
    let status = emulator.status(&request).await;
    assert_eq!(status["status"], "IN_PROGRESS");
    let logs = status["logs"].as_array().expect("logs");
    let last = logs.last().expect("a line")["message"].as_str();
    assert!(last.is_some_and(|line| line.contains("(50%)")), "{last:?}");

    release(&emulator, &id).await;
    let done = |status: &Value| status["status"] == "COMPLETED";
    emulator.status_when(&request, done).await;
}

#[tokio::test]
async fn a_held_job_can_be_cancelled() {
    let emulator = Emulator::start().await;
    hold(&emulator, json!({"log_contains": "(50%)"})).await;
    let request = emulator.submit(T2V, &json!({"prompt": "a river"})).await;
    waiting(&emulator, 1).await;
    let path = format!("/{PRO}/requests/{request}/cancel");
    assert_eq!(emulator.send("PUT", &path, &[], "").await.status, 202);
    let done = |status: &Value| status["status"] == "COMPLETED";
    emulator.status_when(&request, done).await;
    waiting(&emulator, 0).await;
}

#[tokio::test]
async fn an_emulator_that_ends_waits_for_no_hold() {
    let emulator = Emulator::start().await;
    hold(&emulator, json!({"log_contains": "(50%)"})).await;
    emulator.submit(T2V, &json!({"prompt": "a river"})).await;
    waiting(&emulator, 1).await;
    let ended = tokio::time::timeout(Duration::from_secs(20), emulator.server.shutdown()).await;
    ended.expect("it ends");
}

#[tokio::test]
async fn a_hold_that_is_none_is_told() {
    let emulator = Emulator::start().await;
    for wrong in [json!({}), json!({"path": "/a"}), json!([])] {
        let reply = emulator.post(HOLDS, &wrong).await;
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(reply.detail().contains("path_contains"));
    }
}
