//! Faults of uploads and of webhooks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Emulator, Reply};
use crate::faults::{follow, report};

const INITIATE: &str = "/rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3";

/// Begins an upload. Returns the path and the query of its URL.
async fn begin(emulator: &Emulator) -> (String, String) {
    let file = json!({"content_type": "a/b", "file_name": "long.bin"});
    let reply = emulator.post(INITIATE, &file).await.json();
    let (path, query) = reply["upload_url"]
        .as_str()
        .unwrap()
        .split_once('?')
        .unwrap();
    (path.to_owned(), query.to_owned())
}

async fn put(emulator: &Emulator, upload: &(String, String), number: u32) -> Reply {
    let url = format!("{}/{number}?{}", upload.0, upload.1);
    let headers = [("origin", "https://app.example")];
    emulator.send("PUT", &url, &headers, vec![7; 64]).await
}

#[tokio::test]
async fn a_part_that_is_named_by_its_number_fails_once() {
    let emulator = Emulator::start().await;
    let rule = json!({
        "route": "part", "path_contains": "/2?", "nth": 1, "fault": {"kind": "service_unavailable"},
    });
    follow(&emulator, &json!({"rules": [rule]})).await;
    let upload = begin(&emulator).await;
    for (number, status) in [(1, 200), (2, 503), (3, 200), (2, 200)] {
        assert_eq!(
            put(&emulator, &upload, number).await.status,
            status,
            "{number}"
        );
    }
}

#[tokio::test]
async fn an_expired_upload_is_refused_to_its_end_and_a_new_one_is_not() {
    let emulator = Emulator::start().await;
    let rule = json!({"route": "part", "nth": [2], "fault": {"expired": true}});
    follow(&emulator, &json!({"rules": [rule]})).await;
    let upload = begin(&emulator).await;
    let first = put(&emulator, &upload, 1).await;
    assert_eq!(first.status, 200);
    for number in [2, 2, 1, 3] {
        let reply = put(&emulator, &upload, number).await;
        assert_eq!(reply.status, 403, "{number}");
        assert_eq!(reply.header("content-type"), Some("application/xml"));
        assert!(
            reply
                .body
                .ends_with(b"<Message>Request has expired</Message></Error>")
        );
        assert!(reply.header("access-control-allow-origin").is_some());
    }
    let complete = format!("{}/complete?{}", upload.0, upload.1);
    let list = json!({"parts": [first.json()]});
    assert_eq!(emulator.post(&complete, &list).await.status, 403);
    let told = report(&emulator).await;
    assert_eq!(
        (&told["struck"], &told["refused_as_expired"]),
        (&json!(1), &json!(4))
    );

    let anew = begin(&emulator).await;
    assert_eq!(put(&emulator, &anew, 1).await.status, 200);
}

#[tokio::test]
async fn a_part_may_stall_while_its_bytes_wait() {
    let emulator = Emulator::start().await;
    let upload = begin(&emulator).await;
    follow(
        &emulator,
        &json!({"rules": [{"route": "part", "fault": {"delay_ms": 60_000}}]}),
    )
    .await;
    let stalled = tokio::time::timeout(Duration::from_millis(300), put(&emulator, &upload, 1));
    assert!(stalled.await.is_err());
    let requests = emulator.requests().await;
    assert_eq!(requests.last().unwrap()["body_bytes"], 0);
}

#[tokio::test]
async fn a_webhook_may_be_delivered_twice_or_refused() {
    for (fault, deliveries) in [(json!({"duplicate": true}), 2), (json!({"status": 301}), 0)] {
        let (emulator, receiver) = (Emulator::start().await, Emulator::start().await);
        follow(
            &emulator,
            &json!({"rules": [{"route": "webhook", "fault": fault}]}),
        )
        .await;
        // Another emulator serves as the receiver, as it records all requests.
        let query: String = url::form_urlencoded::byte_serialize(
            format!("{}/emulator/echo", receiver.origin()).as_bytes(),
        )
        .collect();
        let input = json!({});
        let reply = emulator
            .post(&format!("/emulator/echo?fal_webhook={query}"), &input)
            .await;
        assert_eq!(reply.status, 200);
        let got = || async {
            let requests: Vec<Value> = receiver.requests().await;
            requests.len()
        };
        for _ in 0..200 {
            if got().await >= deliveries && report(&emulator).await["struck"] == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert_eq!(got().await, deliveries, "{fault}");
    }
}
