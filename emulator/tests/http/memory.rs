//! The limits on the memory and the time for which results are kept.

use std::time::{Duration, Instant};

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, Reply, T2V, follow_up, options};

const ECHO: &str = "/queue.fal.run/emulator/echo";
const KIB: u64 = 1024;

async fn with_memory(memory_limit_bytes: u64) -> Emulator {
    Emulator::with(Options {
        memory_limit_bytes,
        concurrency: 1,
        pace: Duration::from_mins(10),
        ..options()
    })
    .await
}

fn text(kibibytes: usize) -> String {
    "x".repeat(kibibytes << 10)
}

/// Runs an echo job with this text, and waits for its end. Returns the URL of its result.
async fn echo(emulator: &Emulator, text: &str, headers: &[(&str, &str)]) -> String {
    let body = json!({ "text": text }).to_string();
    let reply = emulator.send("POST", ECHO, headers, body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let reply = reply.json();
    let status = reply["status_url"].as_str().unwrap();
    loop {
        let status = emulator.get(status).await;
        // A result that is not kept for long may be forgotten already.
        if status.status == 404 || status.json()["status"] == "COMPLETED" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    reply["response_url"].as_str().unwrap().to_owned()
}

/// Waits until a result is forgotten, and checks that the answers about it are those of fal.ai.
async fn is_forgotten(emulator: &Emulator, url: &str) {
    let began = Instant::now();
    let gone = loop {
        let reply = emulator.get(url).await;
        if reply.status == 404 {
            break reply;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{url} is kept");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(gone.detail(), "Request not found");
    let status = emulator.get(&format!("{url}/status")).await;
    assert_eq!(
        (status.status.as_u16(), status.json()),
        (404, json!({"status": "NOT_FOUND"}))
    );
    let cancel = emulator
        .send("PUT", &format!("{url}/cancel"), &[], "")
        .await;
    assert_eq!(
        (cancel.status.as_u16(), cancel.json()),
        (404, json!({"status": "NOT_FOUND"}))
    );
}

#[tokio::test]
async fn the_oldest_results_are_forgotten_when_all_take_too_much() {
    let emulator = with_memory(1000 * KIB).await;
    let text = text(100);
    let mut urls = Vec::new();
    for _ in 0..10 {
        urls.push(echo(&emulator, &text, &[]).await);
    }
    // An echo takes twice its text: as text and as JSON.
    for url in &urls[..6] {
        is_forgotten(&emulator, url).await;
    }
    for url in &urls[7..] {
        assert_eq!(emulator.get(url).await.status, 200);
    }
}

#[tokio::test]
async fn a_large_result_can_be_fetched_until_the_next_one_needs_its_memory() {
    let emulator = with_memory(500 * KIB).await;
    let large = echo(&emulator, &text(200), &[]).await;
    assert_eq!(emulator.get(&large).await.status, 200);
    let logs: Vec<_> = (0..100).map(|_| text(1)).collect();
    let body = json!({ "logs": logs });
    let next = emulator.post(ECHO, &body).await.json();
    is_forgotten(&emulator, &large).await;
    let next = next["response_url"].as_str().unwrap();
    assert_eq!(emulator.get(next).await.status, 200);
}

async fn submit(emulator: &Emulator, kibibytes: usize) -> Reply {
    let input = json!({ "prompt": text(kibibytes), "resolution": "1024P" });
    emulator.post(&format!("/{T2V}"), &input).await
}

#[tokio::test]
async fn inputs_that_wait_take_no_more_than_their_memory_and_give_it_back() {
    let emulator = with_memory(300 * KIB).await;
    let first = submit(&emulator, 100).await;
    assert_eq!(first.status, 200);
    assert_eq!(submit(&emulator, 100).await.status, 200);
    let refused = submit(&emulator, 150).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.detail().contains("--memory-limit"), "{refused:?}");
    assert_eq!(submit(&emulator, 10).await.status, 200);

    let long = json!({ "text": text(100), "delay_ms": 60_000 });
    for path in ["/fal.run/emulator/echo".to_owned(), ECHO.to_owned()] {
        assert_eq!(emulator.post(&path, &long).await.status, 429, "{path}");
    }
    let run = json!({ "prompt": text(150) });
    assert_eq!(
        emulator.post(&format!("/fal.run/{T2V}"), &run).await.status,
        429
    );

    let id = first.json()["request_id"].as_str().unwrap().to_owned();
    emulator
        .send("PUT", &follow_up(&id, "/cancel"), &[], "")
        .await;
    emulator.completed(&id).await;
    assert_eq!(submit(&emulator, 150).await.status, 200);
}

#[tokio::test]
async fn a_result_of_more_than_a_megabyte_is_not_stored_and_smaller_ones_are() {
    let emulator = Emulator::with(Options {
        // With this, six minutes become 36 ms, and 30 days more than four minutes.
        speed_up: 10_000,
        ..options()
    })
    .await;
    let small = echo(&emulator, &text(100), &[]).await;
    let large = echo(&emulator, &text(1000), &[]).await;
    is_forgotten(&emulator, &large).await;
    let fleeting = echo(&emulator, &text(100), &[("x-fal-store-io", "0")]).await;
    is_forgotten(&emulator, &fleeting).await;
    let kept = emulator.get(&small).await;
    assert_eq!(kept.status, 200);
    assert_ne!(kept.json(), Value::Null);
}
