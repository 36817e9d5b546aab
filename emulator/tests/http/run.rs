//! Synchronous runs, which answer on the same connection.

use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, I2V, PRO, T2V, follow_up, long_job, options};

/// An input that is accepted, and whose job fails once it has a slot.
const NO_PICTURE: &str = r#"{"prompt": "x", "image_url": "data:,"}"#;

fn run(endpoint: &str) -> String {
    format!("/fal.run/{endpoint}")
}

/// An emulator with one slot, whose jobs last until they are stopped.
async fn slow() -> Emulator {
    Emulator::with(Options {
        concurrency: 1,
        pace: Duration::from_mins(10),
        ..options()
    })
    .await
}

#[tokio::test]
async fn the_output_is_the_reply_whatever_door_it_came_by() {
    let emulator = Emulator::start().await;
    let input = json!({"prompt": "a lighthouse", "seed": 7});
    let direct = emulator.post(&run(T2V), &input).await;
    let target = format!("https://fal.run/{T2V}");
    let proxied = emulator.proxied("POST", &target, &input).await;
    let query = run(T2V) + "?prompt=a%20lighthouse&seed=7";
    let in_query = emulator.get(&query).await;
    let put = [("content-type", "application/json")];
    let put = emulator
        .send("PUT", &run(T2V), &put, input.to_string())
        .await;
    for reply in [direct, proxied, in_query, put] {
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("x-fal-request-id").map(str::len), Some(36));
        assert!(reply.header("x-fal-billable-units").is_some());
        let output = reply.json();
        assert_eq!(output["seed"], 7);
        let video = emulator.get(output["video"]["url"].as_str().unwrap()).await;
        assert_eq!(video.status, 200);
        assert_eq!(output["video"]["file_size"], video.body.len());
    }
}

#[tokio::test]
async fn a_run_is_checked_as_a_submit_is() {
    let emulator = Emulator::start().await;
    let refused = emulator.post(&run(T2V), &json!({"prompt": 3})).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["detail"][0]["type"], "string_type");
    assert!(refused.header("x-fal-request-id").is_some());
    let query = emulator.get(&(run(T2V) + "?prompt=x&seed=x")).await;
    assert_eq!(query.json()["detail"][0]["loc"], json!(["body", "seed"]));
    let broken = emulator.send("POST", &run(T2V), &[], "{").await;
    assert_eq!(broken.status, 422);
    for (endpoint, why) in [
        (
            format!("{T2V}/stream"),
            "Path /text-to-video/stream not found",
        ),
        (format!("{PRO}/sing"), "Path /sing not found"),
        ("acme/paint".to_owned(), "Application \"paint\" not found"),
        (
            "emulator/paint".to_owned(),
            "Application \"paint\" not found",
        ),
    ] {
        let reply = emulator
            .post(&run(&endpoint), &json!({"prompt": "x"}))
            .await;
        assert_eq!((reply.status.as_u16(), reply.detail().as_str()), (404, why));
    }
}

#[tokio::test]
async fn runs_over_the_limit_are_refused_or_wait_as_long_as_they_say() {
    let emulator = slow().await;
    emulator.submit(T2V, &long_job()).await;
    let over = emulator.post(&run(T2V), &long_job()).await;
    assert_eq!(over.status, 429);
    assert_eq!(over.header("x-fal-needs-retry"), Some("1"));
    assert_eq!(
        over.header("x-fal-error-type"),
        Some("concurrent_requests_limit")
    );
    assert_eq!(over.json()["error_type"], "concurrent_requests_limit");

    let patient = |name, seconds| [(name, seconds), ("content-type", "application/json")];
    for name in ["x-fal-request-timeout", "x-fal-request-start-timeout"] {
        let late = emulator
            .send(
                "POST",
                &run(T2V),
                &patient(name, "0.2"),
                long_job().to_string(),
            )
            .await;
        assert_eq!(late.status, 504);
        assert_eq!(late.header("x-fal-request-timeout-type"), Some("user"));
        assert_eq!(late.json()["error_type"], "request_timeout");
        for wrong in ["0", "-1", "soon", "inf", "NaN"] {
            let reply = emulator
                .send(
                    "POST",
                    &run(T2V),
                    &patient(name, wrong),
                    long_job().to_string(),
                )
                .await;
            assert_eq!(reply.status, 400, "{wrong}");
        }
    }
}

#[tokio::test]
async fn a_patient_run_starts_when_a_slot_is_free() {
    let emulator = slow().await;
    let id = emulator.submit(T2V, &long_job()).await;
    let patient = [("x-fal-request-timeout", "30")];
    let path = run(I2V);
    let began = Instant::now();
    let waiting = emulator.send("POST", &path, &patient, NO_PICTURE);
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let path = follow_up(&id, "/cancel");
        emulator.send("PUT", &path, &[], "").await;
    };
    let (reply, ()) = tokio::join!(waiting, cancel);
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json()["detail"][0]["type"], "image_load_error");
}

#[tokio::test]
async fn a_caller_who_hangs_up_ends_the_work() {
    let emulator = slow().await;
    let path = run(T2V);
    let input = long_job();
    let job = emulator.post(&path, &input);
    let hung_up = tokio::time::timeout(Duration::from_millis(300), job).await;
    assert!(hung_up.is_err());
    let began = Instant::now();
    let id = emulator.submit(T2V, &long_job()).await;
    let at_work = |status: &Value| status["status"] == "IN_PROGRESS";
    emulator.status_when(&id, at_work).await;
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn runs_one_after_the_other_are_never_over_the_limit() {
    let emulator = Emulator::with(Options {
        concurrency: 1,
        ..options()
    })
    .await;
    for _ in 0..20 {
        let reply = emulator.send("POST", &run(I2V), &[], NO_PICTURE).await;
        assert_eq!(reply.status, 422);
    }
}

#[tokio::test]
async fn faults_and_records_know_of_runs() {
    let emulator = Emulator::start().await;
    let fault = json!({"path_contains": "/emulator/echo", "status": 503, "after": true});
    emulator.post("/api/emulator/faults", &fault).await;
    let input = json!({"a": 1});
    let target = "https://fal.run/emulator/echo?x=1";
    let struck = emulator.proxied("POST", target, &input).await;
    assert_eq!(struck.status, 503);
    let passed = emulator.post("/fal.run/emulator/echo?x=1", &input).await;
    assert_eq!(passed.status, 200);
    let requests = emulator.requests().await;
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0]["target"], target);
    for request in &requests {
        assert_eq!(request["service"], "run");
        assert_eq!(request["body"], input);
    }
}
