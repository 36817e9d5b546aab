//! Jobs of endpoints that the user described.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, T2V};
use crate::endpoint_files::{Folder, with};

const PAINTER: &str = "acme/painter/text-to-image";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("endpoints")
}

/// Submits, and returns the URL of the request.
async fn submit(emulator: &Emulator, endpoint: &str, input: &Value) -> String {
    let reply = emulator.post(&format!("/{endpoint}"), input).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["response_url"].as_str().unwrap().to_owned()
}

/// Waits until the status is `wanted`, and returns the reply.
async fn status_when(emulator: &Emulator, request: &str, wanted: &str) -> Value {
    let began = Instant::now();
    loop {
        let status = emulator
            .get(&format!("{request}/status?logs=1"))
            .await
            .json();
        if status["status"] == wanted {
            return status;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "stuck at {status}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_example_is_played_as_it_is_written() {
    let emulator = Emulator::with(with(examples())).await;
    let began = Instant::now();
    let request = submit(
        &emulator,
        PAINTER,
        &json!({"prompt": "a cat", "num_images": 2}),
    )
    .await;
    assert!(request.contains("/acme/painter/requests/"), "{request}");
    status_when(&emulator, &request, "IN_PROGRESS").await;
    assert!(began.elapsed() >= Duration::from_millis(200));
    let status = status_when(&emulator, &request, "COMPLETED").await;
    assert!(began.elapsed() >= Duration::from_millis(800));
    let logs = status["logs"].as_array().unwrap().iter();
    let logs: Vec<_> = logs.map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(logs, ["Loading the model", "50%", "100%"]);

    let result = emulator.get(&request).await;
    assert_eq!(result.status, 200);
    let output = result.json();
    assert_eq!(output["prompt"], "a cat");
    assert_eq!(output["image_size"], "square");
    assert!(output["seed"].is_u64());
    let image = &output["images"][0];
    assert_eq!(image["width"], 1);
    let file = emulator.get(image["url"].as_str().unwrap()).await;
    assert_eq!(file.header("content-type"), Some("image/png"));
    assert_eq!(image["file_size"], file.body.len());
}

#[tokio::test]
async fn an_input_that_does_not_fit_is_refused_in_the_services_types() {
    let emulator = Emulator::with(with(examples())).await;
    let input = json!({"image_size": "round", "num_images": 5, "guidance_scale": "high"});
    let request = submit(&emulator, PAINTER, &input).await;
    let result = emulator.get(&request).await;
    assert_eq!(result.status, 422);
    let detail = result.json()["detail"].clone();
    let told = detail.as_array().unwrap().iter();
    let told: Vec<_> = told
        .map(|entry| {
            (
                entry["loc"][1].as_str().unwrap(),
                entry["type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("prompt", "missing"),
            ("image_size", "one_of"),
            ("num_images", "less_than_equal"),
            ("guidance_scale", "float_type"),
        ]
    );
    assert_eq!(detail[2]["ctx"], json!({"le": 4}));
}

#[tokio::test]
async fn cases_fail_as_the_model_and_as_what_is_around_it() {
    let emulator = Emulator::with(with(examples())).await;
    let request = submit(&emulator, PAINTER, &json!({"prompt": "forbidden"})).await;
    let status = status_when(&emulator, &request, "COMPLETED").await;
    assert_eq!(
        status["error"],
        "The prompt was refused by the content checker"
    );
    // The case describes no log lines. The only line is the one about the failure.
    assert_eq!(status["logs"].as_array().map(Vec::len), Some(1), "{status}");
    let result = emulator.get(&request).await;
    assert_eq!(result.status, 422);
    assert_eq!(result.json()["detail"][0]["input"], "forbidden");

    let request = submit(&emulator, PAINTER, &json!({"prompt": "crash"})).await;
    let status = status_when(&emulator, &request, "COMPLETED").await;
    assert_eq!(status["error_type"], "runner_disconnected");
    let result = emulator.get(&request).await;
    assert_eq!(result.status, 503);
    assert_eq!(
        result.header("x-fal-error-type"),
        Some("runner_disconnected")
    );
    assert_eq!(result.detail(), "The runner went away");
}

#[tokio::test]
async fn a_result_may_be_something_else_than_json() {
    let emulator = Emulator::with(with(examples())).await;
    let request = submit(&emulator, "acme/scribe", &json!({"audio_url": "data:,"})).await;
    status_when(&emulator, &request, "COMPLETED").await;
    let result = emulator.get(&request).await;
    assert_eq!(result.header("content-type"), Some("application/x-subrip"));
    assert!(result.body.starts_with(b"1\n00:00:00,000"));
}

#[tokio::test]
async fn half_units_are_billed_where_the_file_says_so() {
    for (units, told) in [("2.5", "2.5"), ("3", "3"), ("0", "0")] {
        let file = format!(r#"{{"endpoint_id":"a/b","output":1,"billable_units":{units}}}"#);
        let folder = Folder::of(&[("b.json", &file)]);
        let emulator = Emulator::with(with(folder.0.clone())).await;
        let result = emulator.run("a/b", &json!({})).await;
        assert_eq!(result.header("x-fal-billable-units"), Some(told));
    }
}

#[tokio::test]
async fn a_job_that_is_cancelled_stops_in_the_queue_and_at_work() {
    let emulator = Emulator::with(with(examples())).await;
    for stage in ["IN_QUEUE", "IN_PROGRESS"] {
        let request = submit(&emulator, PAINTER, &json!({"prompt": "a cat"})).await;
        status_when(&emulator, &request, stage).await;
        let asked = Instant::now();
        let cancel = emulator
            .send("PUT", &format!("{request}/cancel"), &[], "")
            .await;
        assert_eq!(cancel.status, 202);
        let status = status_when(&emulator, &request, "COMPLETED").await;
        assert!(asked.elapsed() < Duration::from_millis(500));
        assert_eq!(status["error_type"], "client_cancelled");
    }
}

#[tokio::test]
async fn the_built_in_endpoints_stay_and_can_be_replaced() {
    let emulator = Emulator::with(with(examples())).await;
    assert_eq!(
        emulator
            .post(&format!("/{T2V}"), &json!({"prompt": 3}))
            .await
            .status,
        200
    );
    let other = emulator.post("/acme/sculptor", &json!({})).await;
    assert_eq!(other.status, 404);
    let path = submit(&emulator, "acme/painter/upscale", &json!({})).await;
    assert_eq!(
        emulator.get(&path).await.detail(),
        "Path /upscale not found"
    );

    let own = json!({"endpoint_id": T2V, "output": {"mine": {"$input": "anything"}}}).to_string();
    let folder = Folder::of(&[("own.json", &own), ("notes.txt", "not an endpoint")]);
    let emulator = Emulator::with(with(folder.0.clone())).await;
    let result = emulator
        .run(T2V, &json!({"anything": [1, {"deep": null}]}))
        .await;
    assert_eq!(result.json(), json!({"mine": [1, {"deep": null}]}));
}

#[tokio::test]
async fn a_synchronous_run_plays_them_too() {
    let emulator = Emulator::with(Options {
        concurrency: 1,
        ..with(examples())
    })
    .await;
    let run = format!("/fal.run/{PAINTER}");
    let began = Instant::now();
    let posted = emulator.post(&run, &json!({"prompt": "a cat"})).await;
    // The run is not refused for its time in the queue, as a slot was free.
    assert!(began.elapsed() >= Duration::from_millis(800));
    let in_query = run.clone() + "?prompt=a%20cat&num_images=2&guidance_scale=1.5&seed=7";
    for reply in [posted, emulator.get(&in_query).await] {
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("x-fal-request-id").map(str::len), Some(36));
        let output = reply.json();
        assert_eq!(output["prompt"], "a cat");
        assert_eq!(output["image_size"], "square");
        let file = output["images"][0]["url"].as_str().unwrap();
        assert_eq!(emulator.get(file).await.status, 200);
    }
}

#[tokio::test]
async fn a_synchronous_run_of_them_fails_as_the_queue_does() {
    let emulator = Emulator::with(with(examples())).await;
    let run = format!("/fal.run/{PAINTER}");
    let wrong = emulator
        .get(&(run.clone() + "?prompt=x&num_images=two"))
        .await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.json()["detail"][0]["type"], "int_type");
    let crash = emulator.post(&run, &json!({"prompt": "crash"})).await;
    assert_eq!(crash.status, 503);
    let kind = crash.header("x-fal-error-type");
    assert_eq!(kind, Some("runner_disconnected"));
    let elsewhere = emulator
        .post("/fal.run/acme/painter/upscale", &json!({}))
        .await;
    assert_eq!(elsewhere.detail(), "Path /upscale not found");
    let impatient = [("x-fal-request-timeout", "0.05")];
    let late = emulator
        .send("POST", &run, &impatient, r#"{"prompt":"x"}"#)
        .await;
    assert_eq!(late.status, 504);
}
