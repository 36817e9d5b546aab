//! Each kind of fault in a plan, as the caller sees it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Emulator, T2V, events, piece};

/// An emulator with a plan of one rule.
async fn under(route: &str, fault: Value) -> Emulator {
    let emulator = Emulator::start().await;
    follow(
        &emulator,
        &json!({"rules": [{"route": route, "fault": fault}]}),
    )
    .await;
    emulator
}

pub(crate) async fn follow(emulator: &Emulator, plan: &Value) {
    let reply = emulator
        .send("PUT", "/api/emulator/fault-plan", &[], plan.to_string())
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

pub(crate) async fn report(emulator: &Emulator) -> Value {
    emulator.get("/api/emulator/fault-plan").await.json()
}

async fn end_plan(emulator: &Emulator) {
    emulator
        .send("DELETE", "/api/emulator/fault-plan", &[], "")
        .await;
}

/// Sends a submit as raw bytes, and returns the raw answer.
async fn raw_submit(emulator: &Emulator) -> String {
    let (body, host) = ("{\"prompt\":3}", emulator.server.address());
    let head = format!("POST /{T2V} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    emulator.raw(&request).await
}

/// Reads an answer to its end. Returns its text, and whether it broke off.
async fn is_torn(emulator: &Emulator, method: &str, path: &str) -> (String, bool) {
    let mut answer = emulator.open(method, path, &[], "{\"prompt\":3}").await;
    let mut read = Vec::new();
    loop {
        match piece(&mut answer).await {
            Ok(Some(piece)) => read.extend(piece),
            Ok(None) => return (String::from_utf8(read).unwrap(), false),
            Err(_) => return (String::from_utf8(read).unwrap(), true),
        }
    }
}

async fn jobs(emulator: &Emulator) -> Vec<Value> {
    let requests = emulator.requests().await;
    requests
        .into_iter()
        .filter(|request| request["method"] == "POST")
        .collect()
}

#[tokio::test]
async fn documented_errors_come_with_their_bodies_and_headers() {
    for (kind, status, detail) in [
        ("unauthorized", 401, "invalid key"),
        ("locked", 403, "User is locked"),
        ("rate_limited", 429, "concurrent"),
        ("app_error", 500, "Internal Server Error"),
        ("runner_disconnected", 503, "runner disconnected"),
    ] {
        let emulator = under("submit", json!({"kind": kind, "retry_after": 2})).await;
        let reply = emulator
            .post(&format!("/{T2V}"), &json!({"prompt": 3}))
            .await;
        assert_eq!(reply.status, status, "{kind}");
        assert!(reply.detail().contains(detail), "{}", reply.detail());
        assert_eq!(reply.header("retry-after"), Some("2"));
    }
    let emulator = under("submit", json!({"kind": "bad_gateway"})).await;
    let reply = emulator.post(&format!("/{T2V}"), &json!({})).await;
    assert_eq!(reply.status, 502);
    assert!(reply.body.windows(5).any(|it| it == b"nginx"));
}

#[tokio::test]
async fn a_retry_may_be_told_as_a_date_and_pages_can_read_it() {
    let emulator = under(
        "submit",
        json!({"kind": "rate_limited", "retry_after": {"date": 90}}),
    )
    .await;
    let headers = [("origin", "https://app.example")];
    let reply = emulator
        .send("POST", &format!("/{T2V}"), &headers, "{}")
        .await;
    let date = reply.header("retry-after").unwrap();
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
    let exposed = reply.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("retry-after"));
}

#[tokio::test]
async fn any_status_with_any_headers_and_body_can_be_answered() {
    let fault = json!({"status": 418, "headers": {"x-a": "b"}, "body": {"tea": true}});
    let emulator = under("status", fault).await;
    let reply = emulator.get("/a/b/requests/1/status").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("x-a")),
        (418, Some("b"))
    );
    assert_eq!(reply.json(), json!({"tea": true}));

    let emulator = under("result", json!({"html": true})).await;
    let reply = emulator.get("/a/b/requests/1").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(reply.body.starts_with(b"<!DOCTYPE html>"));
}

#[tokio::test]
async fn an_error_may_hide_that_the_request_was_processed() {
    let emulator = Emulator::start().await;
    let id = emulator
        .submit("emulator/echo", &json!({"delay_ms": 60_000}))
        .await;
    let rule = |after: bool| json!({"rules": [{"route": "cancel", "fault": {"kind": "gateway_timeout", "after": after}}]});
    let cancel = format!("/emulator/echo/requests/{id}/cancel");
    for (after, status) in [(false, "IN_PROGRESS"), (true, "COMPLETED")] {
        follow(&emulator, &rule(after)).await;
        assert_eq!(emulator.send("PUT", &cancel, &[], "").await.status, 504);
        end_plan(&emulator).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = emulator
            .get(&format!("/emulator/echo/requests/{id}/status"))
            .await;
        assert_eq!(now.json()["status"], status);
    }
}

#[tokio::test]
async fn a_delay_lets_the_call_pass_and_may_have_a_range() {
    let emulator = under("submit", json!({"delay_ms": [120, 160]})).await;
    let began = Instant::now();
    emulator.submit(T2V, &json!({"prompt": 3})).await;
    assert!(began.elapsed() >= Duration::from_millis(120));
    assert_eq!(emulator.get("/a/b/requests/1/status").await.status, 404);
}

#[tokio::test]
async fn a_reset_before_leaves_no_job_and_one_after_leaves_one() {
    for (fault, answered, is_processed) in [
        (json!({"reset": "before"}), false, false),
        (json!({"reset": "after", "silent": true}), false, true),
        (json!({"reset": "after"}), true, true),
    ] {
        let emulator = under("submit", fault.clone()).await;
        let answer = raw_submit(&emulator).await;
        assert_eq!(
            answer.starts_with("HTTP/1.1 200 OK"),
            answered,
            "{fault}: {answer}"
        );
        let recorded = jobs(&emulator).await;
        assert_eq!(recorded.len(), 1);
        // The emulator reads the body only of requests that it processes.
        let is_read = recorded[0]["body_bytes"] != 0;
        assert_eq!(is_read, is_processed, "{fault}");
    }
}

#[tokio::test]
async fn a_lost_answer_breaks_off_after_its_first_byte_and_names_no_request() {
    let emulator = under("submit", json!({"reset": "after"})).await;
    let answer = raw_submit(&emulator).await;
    assert!(answer.ends_with("\r\n\r\n{"), "{answer}");
    assert!(
        answer.contains("content-length: ") && !answer.contains("\nx-fal-"),
        "{answer}"
    );
    let (read, torn) = is_torn(&emulator, "POST", &format!("/{T2V}")).await;
    assert_eq!((read.as_str(), torn), ("{", true));

    // An answer without a body announces one, so that it breaks off, too.
    let emulator = Emulator::start().await;
    let file = json!({"content_type": "a/b", "file_name": "a"});
    let initiate = "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let urls = emulator.post(initiate, &file).await.json();
    follow(
        &emulator,
        &json!({"rules": [{"route": "put", "fault": {"reset": "after"}}]}),
    )
    .await;
    let upload_url = urls["upload_url"].as_str().unwrap();
    assert_eq!(
        is_torn(&emulator, "PUT", upload_url).await,
        (String::new(), true)
    );
    assert_eq!(
        emulator
            .get(urls["file_url"].as_str().unwrap())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_answer_may_end_half_way_under_a_length_or_in_chunks() {
    for (truncate, header) in [
        (json!(true), "content-length: "),
        (json!("chunked"), "transfer-encoding: chunked"),
    ] {
        let emulator = under("submit", json!({"truncate": truncate})).await;
        assert!(raw_submit(&emulator).await.contains(header), "{truncate}");
        let (read, torn) = is_torn(&emulator, "POST", &format!("/{T2V}")).await;
        assert!(torn && read.len() > 20, "{read}");
        assert!(serde_json::from_str::<Value>(&read).is_err());
    }
}

#[tokio::test]
async fn an_answer_may_be_json_no_longer() {
    let emulator = under("submit", json!({"malformed": true})).await;
    let reply = emulator
        .post(&format!("/{T2V}"), &json!({"prompt": 3}))
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(
        reply.body.starts_with(b"{\"") && reply.body.ends_with(b",]"),
        "{reply:?}"
    );
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
}

#[tokio::test]
async fn an_answer_may_be_slow_and_is_whole_all_the_same() {
    let emulator = under("run", json!({"slow_body": 400})).await;
    let began = Instant::now();
    let reply = emulator
        .post("/fal.run/emulator/echo", &json!({"a": "x".repeat(100)}))
        .await;
    assert!(reply.json().to_string().contains("xxx"));
    let least = Duration::from_millis(reply.body.len() as u64 * 1000 / 400 / 2);
    assert!(began.elapsed() >= least, "{:?}", began.elapsed());
    assert_eq!(
        reply.header("content-length"),
        Some(reply.body.len().to_string().as_str())
    );
}

/// The stream of an endpoint that sends five events.
async fn stream(emulator: &Emulator) -> hyper::Response<hyper::body::Incoming> {
    let input = json!({"events": 5, "delay_ms": 5, "payload": "grün 🎬"}).to_string();
    let headers = [("content-type", "application/json")];
    emulator
        .open("POST", "/fal.run/emulator/stream", &headers, input)
        .await
}

async fn read_for(
    answer: &mut hyper::Response<hyper::body::Incoming>,
    patience: Duration,
) -> (Vec<u8>, usize, &'static str) {
    let (mut read, mut pieces) = (Vec::new(), 0);
    loop {
        match tokio::time::timeout(patience, piece(answer)).await {
            Ok(Ok(Some(piece))) => {
                read.extend(piece);
                pieces += 1;
            }
            Ok(Ok(None)) => return (read, pieces, "ended"),
            Ok(Err(_)) => return (read, pieces, "cut"),
            Err(_) => return (read, pieces, "silent"),
        }
    }
}

#[tokio::test]
async fn an_event_stream_may_fall_silent_break_off_or_end_early() {
    for (fault, end) in [
        ("stall_after", "silent"),
        ("cut_after", "cut"),
        ("end_after", "ended"),
    ] {
        for count in [0, 2] {
            let emulator = under("stream", json!({(fault): count})).await;
            let mut answer = stream(&emulator).await;
            assert_eq!(answer.status(), 200);
            let (read, _, how) = read_for(&mut answer, Duration::from_millis(400)).await;
            assert_eq!((events(&read).len(), how), (count, end), "{fault}");
        }
    }
}

#[tokio::test]
async fn an_event_stream_may_come_in_pieces_that_split_characters() {
    let emulator = Emulator::start().await;
    let (plain, few, _) = read_for(&mut stream(&emulator).await, Duration::from_secs(5)).await;
    follow(
        &emulator,
        &json!({"rules": [{"route": "stream", "fault": {"split": true}}]}),
    )
    .await;
    let (split, many, how) = read_for(&mut stream(&emulator).await, Duration::from_secs(5)).await;
    assert_eq!((plain, how), (split, "ended"));
    assert!(many >= few * 3, "{many} pieces, {few} without");
}

#[tokio::test]
async fn an_answer_that_breaks_off_by_itself_breaks_off_under_a_fault_too() {
    let input = json!({"events": 3, "cut_after": 2}).to_string();
    let headers = [("content-type", "application/json")];
    for fault in [json!({"split": true}), json!({"slow_body": 100_000})] {
        let emulator = under("stream", fault.clone()).await;
        let mut answer = emulator
            .open("POST", "/fal.run/emulator/stream", &headers, input.clone())
            .await;
        let (read, _, how) = read_for(&mut answer, Duration::from_secs(5)).await;
        assert_eq!((events(&read).len(), how), (2, "cut"), "{fault}");
    }
}

#[tokio::test]
async fn the_status_stream_is_struck_by_its_own_name() {
    let emulator = under("status_stream", json!({"cut_after": 1})).await;
    let id = emulator
        .submit("emulator/echo", &json!({"delay_ms": 100}))
        .await;
    let (read, torn) = is_torn(
        &emulator,
        "GET",
        &format!("/emulator/echo/requests/{id}/status/stream"),
    )
    .await;
    assert_eq!((events(read.as_bytes()).len(), torn), (1, true));
    let status = format!("/emulator/echo/requests/{id}/status");
    assert!(emulator.get(&status).await.json()["status"].is_string());
}
