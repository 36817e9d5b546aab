//! The proxy route without a key: the emulator answers for fal.ai's hosts, and for no others.

use serde_json::{Value, json};

use crate::common::{Emulator, PROXY, T2V};

#[tokio::test]
async fn a_proxied_request_is_answered_with_urls_on_fals_own_origin() {
    let emulator = Emulator::start().await;
    let submit = format!("https://queue.fal.run/{T2V}");
    let reply = emulator
        .proxied("POST", &submit, &json!({"prompt": 3}))
        .await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    let id = body["request_id"].as_str().unwrap();
    let request = format!("https://queue.fal.run/fal-ai/kandinsky5-pro/requests/{id}");
    assert_eq!(body["response_url"], request);
    assert_eq!(body["status_url"], format!("{request}/status"));
    assert_eq!(body["cancel_url"], format!("{request}/cancel"));

    let status = format!("{request}/status?logs=1");
    let status = emulator.proxied("GET", &status, &Value::Null).await;
    assert_eq!(status.json()["status"], "COMPLETED");
    assert_eq!(status.json()["response_url"], request);
    let cancel = emulator
        .proxied("PUT", &format!("{request}/cancel"), &Value::Null)
        .await;
    assert_eq!(cancel.json(), json!({"status": "ALREADY_COMPLETED"}));
}

#[tokio::test]
async fn targets_that_are_not_fals_are_refused_with_the_reason() {
    let emulator = Emulator::start().await;
    for (target, why) in [
        ("https://notfal.run/x", "notfal.run"),
        ("https://fal.run.evil.com/x", "fal.run.evil.com"),
        ("https://evil.com\\.fal.run/x", "evil.com"),
        ("https://queue.fal.run.:443/x", "queue.fal.run."),
        ("https://api.fal.ai/v1", "api.fal.ai"),
        ("http://fal.run/x", "must be https"),
        ("https://user@fal.run/x", "user name"),
        ("https://user:pw@queue.fal.run/x", "user name"),
        ("https://fal.run:8443/x", "8443"),
        ("//fal.run/x", "absolute URL"),
        ("javascript:alert(1)", "must be https"),
        ("", "absolute URL"),
    ] {
        let reply = emulator.proxied("GET", target, &Value::Null).await;
        assert_eq!(reply.status, 400, "{target}");
        assert!(reply.detail().contains(why), "{target}: {}", reply.detail());
    }
    let missing = emulator.get(PROXY).await;
    assert_eq!(missing.status, 400);
    assert!(missing.detail().contains("missing x-fal-target-url"));
}

#[tokio::test]
async fn only_the_methods_of_the_protocol_pass() {
    let emulator = Emulator::start().await;
    let target = [("x-fal-target-url", "https://queue.fal.run/a/b")];
    for method in ["HEAD", "PATCH", "TRACE", "BREW"] {
        let reply = emulator.send(method, PROXY, &target, "").await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), Some("GET, POST, PUT, DELETE"));
    }
}

#[tokio::test]
async fn the_page_can_ask_what_stands_behind_it() {
    let emulator = Emulator::start().await;
    let about = json!({"name": "fal-emulator", "version": "0.1.0", "mode": "emulator"});
    assert_eq!(emulator.get("/api/emulator").await.json(), about);
}

#[tokio::test]
async fn no_websocket_passes_the_proxy_and_that_is_said() {
    let emulator = Emulator::start().await;
    let headers = [
        ("x-fal-target-url", "https://fal.run/emulator/realtime"),
        ("upgrade", "websocket"),
    ];
    let reply = emulator.send("GET", PROXY, &headers, "").await;
    assert_eq!(reply.status, 501);
    assert!(reply.detail().contains("WebSocket"));
}
