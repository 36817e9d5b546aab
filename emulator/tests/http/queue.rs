//! The queue's protocol: the positions in line, the URLs, and jobs that end early.

use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{
    Emulator, I2V, PRO, T2V, data_uri, follow_up, input, long_job, options, picture, png,
};

fn is_at_work(status: &Value) -> bool {
    status["status"] == "IN_PROGRESS"
}

/// An emulator whose jobs last until they are stopped.
async fn slow() -> Emulator {
    Emulator::with(Options {
        pace: Duration::from_mins(10),
        ..options()
    })
    .await
}

#[tokio::test]
async fn a_submit_tells_where_to_follow_the_request() {
    let emulator = Emulator::start().await;
    let base = format!("{}/{PRO}/requests", emulator.origin());
    let prefixed = format!("{}/queue.fal.run/{PRO}/requests", emulator.origin());
    let input = json!({"prompt": 3});
    for (path, base) in [
        (format!("/{T2V}"), base),
        (format!("/queue.fal.run/{T2V}"), prefixed),
    ] {
        let reply = emulator.post(&path, &input).await;
        assert_eq!(reply.status, 200);
        let body = reply.json();
        let id = body["request_id"].as_str().unwrap();
        assert_eq!(reply.header("x-fal-request-id"), Some(id));
        assert_eq!(
            body,
            json!({
                "status": "IN_QUEUE",
                "request_id": id,
                "gateway_request_id": id,
                "queue_position": 0,
                "response_url": format!("{base}/{id}"),
                "status_url": format!("{base}/{id}/status"),
                "cancel_url": format!("{base}/{id}/cancel"),
            })
        );
        let status_url = body["status_url"].as_str().unwrap();
        let status = emulator.get(status_url).await.json();
        assert_eq!(status["status_url"], status_url);
    }
}

#[tokio::test]
async fn two_jobs_work_while_the_others_wait_in_line() {
    let emulator = slow().await;
    let mut ids = Vec::new();
    for ahead in [0, 0, 0, 1, 2] {
        let submitted = emulator.post(&format!("/{T2V}"), &long_job()).await.json();
        assert_eq!(submitted["status"], "IN_QUEUE");
        assert_eq!(submitted["queue_position"], ahead);
        ids.push(submitted["request_id"].as_str().unwrap().to_owned());
    }
    let reply = emulator.get(&follow_up(&ids[0], "/status")).await;
    assert_eq!(reply.status, 202);
    for id in &ids[..2] {
        let status = emulator.status_when(id, is_at_work).await;
        assert_eq!(status.get("queue_position"), None);
    }
    for (position, id) in ids[2..].iter().enumerate() {
        let status = emulator.status(id).await;
        assert_eq!(status["status"], "IN_QUEUE");
        assert_eq!(status["queue_position"], position);
        assert_eq!(status["metrics"], json!({}));
    }
    // A job moves up when one before it is cancelled, and when a running one ends.
    emulator
        .send("PUT", &follow_up(&ids[2], "/cancel"), &[], "")
        .await;
    assert_eq!(emulator.status(&ids[3]).await["queue_position"], 0);
    emulator
        .send("PUT", &follow_up(&ids[0], "/cancel"), &[], "")
        .await;
    emulator.status_when(&ids[3], is_at_work).await;
    assert_eq!(emulator.status(&ids[4]).await["queue_position"], 0);
}

#[tokio::test]
async fn low_priority_waits_behind_what_comes_later() {
    let emulator = Emulator::with(Options {
        concurrency: 1,
        pace: Duration::from_mins(10),
        ..options()
    })
    .await;
    emulator.submit(T2V, &long_job()).await;
    let body = long_job().to_string();
    let low = [("x-fal-queue-priority", "low")];
    let low = emulator
        .send("POST", &format!("/{T2V}"), &low, body)
        .await
        .json();
    emulator.submit(T2V, &long_job()).await;
    let status = emulator.status(low["request_id"].as_str().unwrap()).await;
    assert_eq!(status["queue_position"], 1);
}

#[tokio::test]
async fn a_full_queue_can_be_declined() {
    let emulator = slow().await;
    for _ in 0..4 {
        emulator.submit(T2V, &long_job()).await;
    }
    let submit = |limit: u32| format!("/{T2V}?fal_max_queue_length={limit}");
    assert_eq!(emulator.post(&submit(1), &long_job()).await.status, 429);
    assert_eq!(emulator.post(&submit(2), &long_job()).await.status, 200);
    // The limit counts only jobs of the same app, and no job of this one waits.
    let other = "/fal-ai/kandinsky5/text-to-video?fal_max_queue_length=0";
    assert_eq!(emulator.post(other, &long_job()).await.status, 200);
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once() {
    let emulator = slow().await;
    for _ in 0..2 {
        emulator.submit(T2V, &long_job()).await;
    }
    let id = emulator.submit(T2V, &long_job()).await;
    let cancel = emulator
        .send("PUT", &follow_up(&id, "/cancel"), &[], "")
        .await;
    assert_eq!(cancel.status, 202);
    assert_eq!(cancel.json(), json!({"status": "CANCELLATION_REQUESTED"}));
    assert_cancelled(&emulator, &id).await;
}

async fn assert_cancelled(emulator: &Emulator, id: &str) {
    let status = emulator.status(id).await;
    assert_eq!(status["status"], "COMPLETED");
    assert_eq!(status["error_type"], "client_cancelled");
    assert!(!status["error"].as_str().unwrap().is_empty());

    let result = emulator.get(&follow_up(id, "")).await;
    assert_eq!(result.status, 499);
    assert_eq!(result.header("x-fal-error-type"), Some("client_cancelled"));
    assert_eq!(result.json()["error_type"], "client_cancelled");
    assert!(!result.detail().is_empty());

    let again = emulator
        .send("PUT", &follow_up(id, "/cancel"), &[], "")
        .await;
    assert_eq!(again.status, 400);
    assert_eq!(again.json(), json!({"status": "ALREADY_COMPLETED"}));
}

#[tokio::test]
async fn a_result_is_not_given_early() {
    let emulator = slow().await;
    let id = emulator.submit(T2V, &long_job()).await;
    let early = emulator.get(&follow_up(&id, "")).await;
    assert_eq!(early.status, 400);
    assert_eq!(early.detail(), "Request is still in progress");
}

#[tokio::test]
async fn follow_ups_are_answered_in_every_form_clients_use() {
    let emulator = Emulator::start().await;
    let id = emulator.submit(T2V, &json!({"prompt": 3})).await;
    for prefix in ["", "/queue.fal.run"] {
        for app in [PRO, T2V] {
            for tail in ["", "/", "/response", "/response/"] {
                let path = format!("{prefix}/{app}/requests/{id}{tail}");
                assert_eq!(emulator.get(&path).await.status, 422, "{path}");
            }
            for tail in ["/status", "/status/", "/status?logs=true", "/status?logs=0"] {
                let path = format!("{prefix}/{app}/requests/{id}{tail}");
                let status = emulator.get(&path).await;
                assert_eq!(status.status, 200, "{path}");
                assert_eq!(
                    status.json()["logs"].is_array(),
                    tail.contains("true"),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_strict_emulator_takes_follow_ups_on_the_base_app_only() {
    let emulator = Emulator::with(Options {
        strict: true,
        ..options()
    })
    .await;
    let id = emulator.submit(T2V, &json!({"prompt": 3})).await;
    for (method, tail) in [("GET", ""), ("GET", "/status"), ("PUT", "/cancel")] {
        let path = format!("/{T2V}/requests/{id}{tail}");
        let reply = emulator.send(method, &path, &[], "").await;
        assert_eq!(reply.status, 405, "{path}");
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    assert_eq!(emulator.completed(&id).await["status"], "COMPLETED");
    assert_eq!(emulator.get(&follow_up(&id, "")).await.status, 422);
}

#[tokio::test]
async fn what_is_not_known_is_not_found() {
    let emulator = Emulator::start().await;
    let id = emulator.submit(T2V, &json!({"prompt": 3})).await;
    let unknown = "0b6c1d1e-6b57-4d29-9f5e-5d2f0a0f1c11";
    let elsewhere = format!("fal-ai/kandinsky5/requests/{id}");
    let wrong_path = format!("{I2V}/requests/{id}");
    for request in [format!("{PRO}/requests/{unknown}"), elsewhere, wrong_path] {
        let status = emulator.get(&format!("/{request}/status")).await;
        assert_eq!(
            (status.status.as_u16(), status.json()),
            (404, json!({"status": "NOT_FOUND"}))
        );
        let result = emulator.get(&format!("/{request}")).await;
        assert_eq!(
            (result.status.as_u16(), result.detail().as_str()),
            (404, "Request not found")
        );
        let cancel = emulator
            .send("PUT", &format!("/{request}/cancel"), &[], "")
            .await;
        assert_eq!(
            (cancel.status.as_u16(), cancel.json()),
            (404, json!({"status": "NOT_FOUND"}))
        );
    }
    let app = emulator
        .post("/fal-ai/kandinsky9/text-to-video", &json!({}))
        .await;
    assert_eq!(app.status, 404);
    assert_eq!(app.detail(), "Application \"kandinsky9\" not found");
    let path = emulator
        .run(&format!("{PRO}/sing"), &json!({"prompt": "x"}))
        .await;
    assert_eq!(path.status, 404);
    assert_eq!(path.detail(), "Path /sing not found");
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_one() {
    let emulator = Emulator::start().await;
    let id = emulator.submit(T2V, &json!({"prompt": 3})).await;
    for (method, path, allowed) in [
        ("GET", format!("/queue.fal.run/{T2V}"), "POST"),
        ("POST", follow_up(&id, "/status"), "GET"),
        ("POST", follow_up(&id, "/cancel"), "PUT"),
        ("DELETE", follow_up(&id, ""), "GET"),
    ] {
        let reply = emulator.send(method, &path, &[], "").await;
        assert_eq!(reply.status, 405, "{method} {path}");
        assert_eq!(reply.header("allow"), Some(allowed));
    }
}

#[tokio::test]
async fn the_pace_spreads_a_job_over_its_time() {
    let emulator = Emulator::with(Options {
        pace: Duration::from_millis(2500),
        ..options()
    })
    .await;
    let began = Instant::now();
    let url = data_uri(&png(&picture(60, 40)));
    let id = emulator.submit(I2V, &input(&url)).await;
    let half = |status: &Value| status["logs"].to_string().contains("(50%)");
    emulator.status_when(&id, half).await;
    assert!(began.elapsed() >= Duration::from_millis(1250));
    emulator.completed(&id).await;
    assert!(began.elapsed() >= Duration::from_millis(2500));
}
