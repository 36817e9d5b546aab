//! The emulator's own endpoints for tests: the echo, and bodies of any kind.

use serde_json::{Value, json};

use crate::common::Emulator;

#[tokio::test]
async fn the_echo_gives_back_everything_but_credentials() {
    let emulator = Emulator::start().await;
    let headers = [
        ("authorization", "Key id:hush"),
        ("cookie", "hush"),
        ("x-fal-runner-hint", "here"),
        ("content-type", "application/json"),
    ];
    let path = "/fal.run/emulator/echo/any/path?a=1&b=%C3%BC&fal_jwt_token=";
    let path = format!("{path}{}", emulator.token("echo", 60.0).await);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let reply = emulator.send(method, &path, &headers, "{\"x\":0}").await;
        assert_eq!(reply.status, 200);
        assert!(reply.header("x-fal-request-id").is_some());
        let echo = reply.json();
        assert_eq!(echo["method"], method);
        assert_eq!(echo["path"], "/emulator/echo/any/path");
        assert_eq!(
            echo["query"],
            json!({"a": "1", "b": "ü", "fal_jwt_token": "present"})
        );
        assert_eq!(echo["headers"]["authorization"], "present");
        assert_eq!(echo["headers"]["x-fal-runner-hint"], "here");
        assert_eq!(echo["body"], json!({"x": 0}));
        assert!(!echo.to_string().contains("hush"));
    }
    let get = emulator.get("/fal.run/emulator/echo").await.json();
    assert_eq!(
        (&get["method"], &get["body"]),
        (&json!("GET"), &Value::Null)
    );
    let text = emulator
        .send("POST", "/fal.run/emulator/echo", &[], "hello")
        .await;
    assert_eq!(text.json()["text"], "hello");
}

#[tokio::test]
async fn the_echo_is_a_job_too_that_lasts_logs_and_can_be_cancelled() {
    let emulator = Emulator::start().await;
    let submit = "/queue.fal.run/emulator/echo/deep?fal_webhook=x";
    let submitted = emulator.post(submit, &json!({"logs": ["hi"]})).await.json();
    assert_eq!(submitted["status"], "IN_QUEUE");
    let response_url = submitted["response_url"].as_str().unwrap();
    assert!(response_url.contains("/emulator/echo/requests/"));
    let stream = format!("{response_url}/status/stream");
    emulator.get(&stream).await;
    let output = emulator.get(response_url).await.json();
    assert_eq!(output["query"]["fal_webhook"], "x");
    assert_eq!(output["body"]["logs"][0], "hi");

    let long = emulator
        .post(submit, &json!({"delay_ms": 600_000}))
        .await
        .json();
    let cancel = long["cancel_url"].as_str().unwrap();
    assert_eq!(emulator.send("PUT", cancel, &[], "").await.status, 202);
    let response_url = long["response_url"].as_str().unwrap();
    emulator.get(&format!("{response_url}/status/stream")).await;
    assert_eq!(emulator.get(response_url).await.status, 499);
}

#[tokio::test]
async fn content_is_of_the_type_and_status_that_is_asked_for() {
    let emulator = Emulator::start().await;
    let path = "/fal.run/emulator/content";
    let png = json!({"content_type": "image/png", "base64": "iVBORw0KGgo="});
    let reply = emulator.post(path, &png).await;
    assert_eq!(reply.header("content-type"), Some("image/png"));
    assert_eq!(reply.body.as_ref(), b"\x89PNG\r\n\x1a\n");
    let text = json!({
        "content_type": "text/plain", "text": "Grüße", "status": 418,
        "headers": {"x-fal-needs-retry": "1"},
    });
    let reply = emulator.post(path, &text).await;
    assert_eq!(
        (reply.status.as_u16(), reply.body.as_ref()),
        (418, "Grüße".as_bytes())
    );
    assert_eq!(reply.header("x-fal-needs-retry"), Some("1"));
    let query = format!("{path}?content_type=text/html&text=x&status=201");
    let reply = emulator.get(&query).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("content-type")),
        (201, Some("text/html"))
    );
    for wrong in [
        json!({"status": 99}),
        json!({"status": 101}),
        json!({"base64": "%"}),
        json!({"content_type": "a\nb"}),
        json!({"headers": {"a b": "c"}}),
        json!({"headers": {"set-cookie": "a=1"}}),
        json!({"headers": {"Service-Worker-Allowed": "/"}}),
        json!({"headers": {"content-security-policy": "script-src *"}}),
        json!({"headers": {"access-control-allow-origin": "*"}}),
        json!({"headers": {"content-length": "3"}}),
        json!({"txt": "x"}),
    ] {
        assert_eq!(emulator.post(path, &wrong).await.status, 422, "{wrong}");
    }
}
