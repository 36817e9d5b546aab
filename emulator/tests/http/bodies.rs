//! Requests that violate HTTP.

use fal_emulator::{Key, Options};
use serde_json::json;
use url::Url;

use crate::common::{Emulator, PROXY, T2V, options};

/// Sends a chunked body whose second chunk has no length.
async fn send_malformed(emulator: &Emulator, method: &str, path: &str, headers: &str) -> String {
    let host = emulator.server.address();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{headers}");
    let chunks = "transfer-encoding: chunked\r\n\r\n1\r\n{\r\nZZ\r\n}\r\n0\r\n\r\n";
    emulator.raw(&format!("{head}{chunks}")).await
}

#[tokio::test]
async fn a_malformed_chunked_body_is_a_400_wherever_it_is_sent() {
    let emulator = Emulator::start().await;
    let storage = "storage_type=fal-cdn-v3";
    let one = format!("/storage/upload/initiate?{storage}");
    let one = emulator.post(&one, &json!({})).await.json();
    let parts = format!("/storage/upload/initiate-multipart?{storage}");
    let parts = emulator.post(&parts, &json!({})).await.json();
    let path = |begun: &serde_json::Value| {
        let url = begun["upload_url"].as_str().unwrap();
        url.strip_prefix(&emulator.origin()).unwrap().to_owned()
    };
    let (one, parts) = (path(&one), path(&parts));
    let (file, query) = parts.split_once('?').unwrap();
    for (method, path) in [
        ("POST", format!("/{T2V}")),
        ("POST", format!("/fal.run/{T2V}")),
        ("POST", "/queue.fal.run/emulator/echo".to_owned()),
        ("POST", "/fal.run/emulator/echo".to_owned()),
        ("POST", "/fal.run/emulator/content".to_owned()),
        ("POST", "/fal.run/emulator/stream".to_owned()),
        ("POST", "/tokens/".to_owned()),
        ("POST", format!("/storage/upload/initiate?{storage}")),
        ("PUT", one),
        ("PUT", format!("{file}/1?{query}")),
        ("POST", format!("{file}/complete?{query}")),
        ("POST", "/api/emulator/faults".to_owned()),
        ("POST", "/api/emulator/holds".to_owned()),
        ("PUT", "/api/emulator/fault-plan".to_owned()),
    ] {
        let answer = send_malformed(&emulator, method, &path, "").await;
        assert!(
            answer.starts_with("HTTP/1.1 400"),
            "{method} {path}: {answer}"
        );
    }
    let target = format!("x-fal-target-url: https://queue.fal.run/{T2V}\r\n");
    let answer = send_malformed(&emulator, "POST", PROXY, &target).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn a_malformed_chunked_body_is_a_400_of_a_forwarding_proxy_too() {
    let upstream = Emulator::start().await;
    let proxy = Emulator::with(Options {
        key: Key::new("id:hush"),
        upstream: Some(Url::parse(&upstream.origin()).unwrap()),
        ..options()
    })
    .await;
    let target = format!("x-fal-target-url: https://queue.fal.run/{T2V}\r\n");
    let answer = send_malformed(&proxy, "POST", PROXY, &target).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn a_path_that_is_too_long_is_a_414_at_every_door() {
    let emulator = Emulator::start().await;
    for length in [8001, 60_000, 70_000] {
        let long = "x/".repeat(length / 2 + 1);
        for (method, path) in [
            ("GET", format!("/{long}")),
            ("GET", format!("/files/b/{long}")),
            ("POST", format!("/{long}")),
            ("POST", format!("/fal.run/{long}")),
            ("POST", format!("/queue.fal.run/a/{long}")),
            ("GET", format!("/api/{long}")),
        ] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
            let answer = emulator.raw(&request).await;
            let first: String = answer.chars().take(100).collect();
            assert!(
                first.starts_with("HTTP/1.1 414"),
                "{method} {length}: {first}"
            );
        }
    }
    let target = format!("https://queue.fal.run/a/{}", "x".repeat(60_000));
    let reply = emulator.proxied("POST", &target, &json!({})).await;
    assert_eq!(reply.status, 414);
}

#[tokio::test]
async fn a_long_query_is_no_long_path() {
    let emulator = Emulator::start().await;
    let text = "x".repeat(30_000);
    let reply = emulator
        .get(&format!("/fal.run/emulator/content?text={text}"))
        .await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (200, 30_000));
}
