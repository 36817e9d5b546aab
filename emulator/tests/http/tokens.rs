//! Temporary tokens: the two calls, their bodies and their replies.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::Emulator;

#[tokio::test]
async fn each_call_takes_both_bodies_and_keeps_its_reply() {
    let emulator = Emulator::start().await;
    for body in [
        json!({"allowed_apps": ["stream"], "token_expiration": 60}),
        json!({"allowed_apps": ["emulator/stream/stream"], "duration": 60}),
        json!({"allowed_apps": ["emulator/stream"]}),
    ] {
        let legacy = emulator.post("/rest.fal.ai/tokens/", &body).await.json();
        let realtime = "https://rest.fal.ai/tokens/realtime";
        let realtime = emulator.proxied("POST", realtime, &body).await.json();
        for token in [&legacy, &realtime["token"]] {
            let token = token.as_str().expect("a token");
            assert_eq!(token.split('.').count(), 3);
            let path = format!("/fal.run/emulator/stream/stream?fal_jwt_token={token}");
            let reply = emulator.post(&path, &json!({})).await;
            assert_eq!(reply.status, 200, "{body}");
        }
    }
}

#[tokio::test]
async fn tokens_end_and_open_nothing_else() {
    let emulator = Emulator::start().await;
    let short = emulator.token("echo", 0.05).await;
    let call = |token: &str| format!("/fal.run/emulator/echo?fal_jwt_token={token}");
    tokio::time::sleep(Duration::from_millis(60)).await;
    let expired = emulator.post(&call(&short), &json!({})).await;
    assert_eq!(expired.status, 401);
    assert!(expired.detail().contains("expired"));

    let other = emulator.token("stream", 60.0).await;
    let elsewhere = emulator.post(&call(&other), &json!({})).await;
    assert_eq!(elsewhere.status, 401);
    assert!(elsewhere.detail().contains("stream"));

    let foreign = Emulator::start().await.token("echo", 60.0).await;
    assert_eq!(emulator.post(&call(&foreign), &json!({})).await.status, 401);
}

#[tokio::test]
async fn what_is_no_request_for_a_token_is_refused() {
    let emulator = Emulator::start().await;
    for body in [json!({}), json!({"allowed_apps": []}), Value::Null] {
        let reply = emulator.post("/tokens/", &body).await;
        assert_eq!(reply.status, 422, "{body}");
    }
    assert_eq!(emulator.get("/rest.fal.ai/tokens/").await.status, 405);
    let large = json!({"allowed_apps": ["x".repeat(70_000)]});
    assert_eq!(emulator.post("/tokens/", &large).await.status, 413);
}
