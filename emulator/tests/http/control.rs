//! The control routes.

use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, PRO, PROXY, T2V, options};

async fn fault(emulator: &Emulator, fault: Value) {
    let reply = emulator.post("/api/emulator/faults", &fault).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn without_leave_there_is_nothing_to_steer() {
    let emulator = Emulator::with(Options {
        control: false,
        ..options()
    })
    .await;
    for path in [
        "/api/emulator/faults",
        "/api/emulator/jobs",
        "/api/emulator/requests",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            assert_eq!(
                emulator.send(method, path, &[], "{}").await.status,
                404,
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn every_job_is_listed_before_and_after_its_end() {
    let emulator = Emulator::start().await;
    let jobs = async || emulator.get("/api/emulator/jobs").await.json();
    assert_eq!(jobs().await, json!([]));
    let id = emulator.submit(T2V, &json!({"prompt": "a boat"})).await;
    let listed = jobs().await;
    assert_eq!(listed[0]["request_id"], id);
    assert_eq!(listed[0]["endpoint_id"], T2V);
    emulator.completed(&id).await;
    let ended = json!([{"request_id": id, "endpoint_id": T2V, "is_done": true}]);
    assert_eq!(jobs().await, ended);
}

#[tokio::test]
async fn a_fault_answers_as_often_as_it_says() {
    let emulator = Emulator::start().await;
    let limited = json!({
        "method": "POST", "path_contains": "kandinsky5", "times": 2, "status": 429,
        "headers": {"retry-after": "1"}, "body": {"detail": "slow down"},
    });
    fault(&emulator, limited).await;
    let submit = format!("https://queue.fal.run/{T2V}");
    for _ in 0..2 {
        let reply = emulator
            .proxied("POST", &submit, &json!({"prompt": 3}))
            .await;
        assert_eq!(reply.status, 429);
        assert_eq!(reply.header("retry-after"), Some("1"));
        assert_eq!(reply.detail(), "slow down");
    }
    assert_eq!(
        emulator.proxied("POST", &submit, &json!({})).await.status,
        200
    );
}

#[tokio::test]
async fn a_fault_may_be_text_and_is_readable_by_pages() {
    let emulator = Emulator::start().await;
    let nginx = json!({"status": 502, "body": "<html>nginx</html>", "path_contains": "/status"});
    fault(&emulator, nginx).await;
    let path = format!("/{PRO}/requests/x/status");
    let reply = emulator
        .send("GET", &path, &[("origin", "https://a.example")], "")
        .await;
    assert_eq!(reply.status, 502);
    assert_eq!(reply.body, "<html>nginx</html>");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn a_fault_may_delay_and_let_pass() {
    let emulator = Emulator::start().await;
    fault(&emulator, json!({"delay_ms": 150})).await;
    let began = Instant::now();
    assert_eq!(emulator.get("/no/such/file").await.status, 404);
    assert!(began.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_fault_may_drop_the_connection_before_or_after_the_work() {
    let emulator = Emulator::start().await;
    let body = "{\"prompt\":3}";
    let submit = format!(
        "POST /{T2V} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    fault(&emulator, json!({"close": true})).await;
    assert_eq!(emulator.raw(&submit).await, "");
    assert_eq!(emulator.requests().await.len(), 1);

    fault(&emulator, json!({"close": true, "after": true})).await;
    assert_eq!(emulator.raw(&submit).await, "");
    fault(&emulator, json!({"status": 503, "after": true})).await;
    assert!(emulator.raw(&submit).await.starts_with("HTTP/1.1 503"));
    assert!(emulator.raw(&submit).await.starts_with("HTTP/1.1 200"));
    assert_eq!(emulator.requests().await.len(), 4);
}

#[tokio::test]
async fn faults_are_checked_and_cleared() {
    let emulator = Emulator::start().await;
    for wrong in [
        json!({}),
        json!({"status": 20}),
        json!({"stauts": 500}),
        json!([]),
    ] {
        let reply = emulator.post("/api/emulator/faults", &wrong).await;
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(!reply.detail().is_empty());
    }
    fault(&emulator, json!({"status": 500, "times": 9})).await;
    emulator
        .send("DELETE", "/api/emulator/faults", &[], "")
        .await;
    assert_eq!(emulator.get("/no/such/file").await.status, 404);
}

#[tokio::test]
async fn the_record_tells_everything_but_secrets() {
    let emulator = Emulator::start().await;
    let target = format!("https://queue.fal.run/{T2V}?x=1&fal_jwt_token=hush");
    let shown = format!("https://queue.fal.run/{T2V}?x=1&fal_jwt_token=present");
    let headers = [
        ("x-fal-target-url", target.as_str()),
        ("authorization", "Key id:hush"),
        ("cookie", "session=hush"),
        ("x-api-key", "hush"),
        ("referer", "http://localhost/?fal_jwt_token=hush"),
        ("content-type", "application/json"),
        ("x-fal-queue-priority", "low"),
    ];
    emulator
        .send("POST", PROXY, &headers, "{\"prompt\":3}")
        .await;
    emulator.get("/style.css").await;
    let large = json!({"prompt": "x".repeat(70_000)});
    emulator.post("/storage/upload/initiate", &large).await;

    let requests = emulator.requests().await;
    assert_eq!(requests.len(), 3);
    let first = &requests[0];
    assert_eq!(first["method"], "POST");
    assert_eq!(first["path"], PROXY);
    assert_eq!(first["target"], shown);
    assert_eq!(first["headers"]["x-fal-target-url"], shown);
    assert_eq!(first["service"], "queue");
    assert_eq!(first["headers"]["authorization"], "present");
    assert_eq!(first["headers"]["x-fal-queue-priority"], "low");
    assert_eq!(first["body"], json!({"prompt": 3}));
    assert_eq!(first["body_bytes"], 12);
    assert!(first["at_ms"].is_number());
    assert_eq!(
        (&requests[1]["service"], &requests[1]["target"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(requests[2]["service"], "rest");
    assert_eq!(requests[2].get("body"), None);
    assert!(!json!(requests).to_string().contains("hush"));

    emulator
        .send("DELETE", "/api/emulator/requests", &[], "")
        .await;
    assert_eq!(emulator.requests().await.len(), 0);
}

#[tokio::test]
async fn pages_of_other_origins_read_nothing_and_are_told_why() {
    let named = "http://localhost:5173";
    let emulator = Emulator::with(Options {
        allow_origins: vec![url::Url::parse(named).unwrap()],
        ..options()
    })
    .await;
    let own = emulator.origin();
    let other_port = "http://localhost:3000";
    for path in [
        "faults",
        "fault-plan",
        "holds",
        "holds/1",
        "jobs",
        "requests",
    ] {
        let path = format!("/api/emulator/{path}");
        for headers in [
            [("origin", other_port)],
            [("origin", "https://evil.example")],
            [("origin", "null")],
            [("sec-fetch-site", "cross-site")],
            [("sec-fetch-site", "same-site")],
            [("x-forwarded-for", "192.168.1.7")],
            [("host", "evil.example")],
        ] {
            let reply = emulator.send("GET", &path, &headers, "").await;
            assert_eq!(reply.status, 403, "{path} {headers:?}");
        }
    }
    let refused = emulator
        .send(
            "GET",
            "/api/emulator/requests",
            &[("origin", other_port)],
            "",
        )
        .await;
    let advice = format!("--allow-origin {other_port}");
    assert!(refused.detail().contains(&advice), "{}", refused.detail());
    for origin in [own.as_str(), named] {
        let reply = emulator
            .send("GET", "/api/emulator/requests", &[("origin", origin)], "")
            .await;
        assert_eq!(reply.status, 200, "{origin}");
    }
}
