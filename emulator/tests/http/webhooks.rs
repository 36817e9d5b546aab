//! Webhooks, as their receiver sees them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use fal_emulator::Options;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::common::{Emulator, T2V, options};

/// A server that receives webhooks.
struct Receiver {
    url: String,
    inbox: Arc<Inbox>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Inbox {
    /// The statuses of the next answers. Later deliveries get 200.
    answers: Mutex<VecDeque<u16>>,
    got: Mutex<Vec<(HeaderMap, Bytes)>>,
}

async fn hook(
    State(inbox): State<Arc<Inbox>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    inbox.got.lock().unwrap().push((headers, body));
    let status = inbox.answers.lock().unwrap().pop_front().unwrap_or(200);
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("location", "/elsewhere")])
}

impl Receiver {
    async fn start(answers: &[u16]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?secret=hush", listener.local_addr().unwrap());
        let inbox = Arc::new(Inbox::default());
        inbox.answers.lock().unwrap().extend(answers);
        let router = Router::new().fallback(hook).with_state(Arc::clone(&inbox));
        let serving = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            inbox,
            serving,
        }
    }

    fn got(&self) -> Vec<(HeaderMap, Bytes)> {
        self.inbox.got.lock().unwrap().clone()
    }

    /// Waits for `count` deliveries, and returns them.
    async fn deliveries(&self, count: usize) -> Vec<(HeaderMap, Bytes)> {
        let began = Instant::now();
        while self.got().len() < count {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "only {:?}",
                self.got()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.got()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// An emulator whose first retry delay is 100 ms, and whose first time limit is 300 ms.
async fn start() -> Emulator {
    Emulator::with(Options {
        speed_up: 50,
        ..options()
    })
    .await
}

/// Submits with a webhook, and returns the request id.
async fn submit(emulator: &Emulator, webhook: &str, input: &Value) -> String {
    let query: String = url::form_urlencoded::byte_serialize(webhook.as_bytes()).collect();
    let path = format!("/{T2V}?fal_webhook={query}");
    let reply = emulator.post(&path, input).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["request_id"].as_str().unwrap().to_owned()
}

fn refused() -> Value {
    json!({"prompt": 3})
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).expect(name).to_str().unwrap()
}

#[tokio::test]
async fn a_delivery_is_signed_with_the_key_that_is_published() {
    let (emulator, receiver) = (start().await, Receiver::start(&[]).await);
    let id = submit(
        &emulator,
        &receiver.url,
        &json!({"prompt": "a signed clip"}),
    )
    .await;
    let (headers, body) = receiver.deliveries(1).await.remove(0);

    let told: Value = serde_json::from_slice(&body).unwrap();
    let result = emulator
        .get(&format!("/fal-ai/kandinsky5-pro/requests/{id}"))
        .await;
    assert_eq!(
        told,
        json!({
            "request_id": id,
            "gateway_request_id": id,
            "status": "OK",
            "payload": result.json(),
        })
    );
    assert_eq!(text(&headers, "content-type"), "application/json");

    let request_id = text(&headers, "x-fal-webhook-request-id");
    assert_eq!(request_id, id);
    let user_id = text(&headers, "x-fal-webhook-user-id");
    let timestamp = text(&headers, "x-fal-webhook-timestamp");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let age = now.unwrap().as_secs().abs_diff(timestamp.parse().unwrap());
    assert!(age <= 300);
    let hash = hex(digest(&SHA256, &body).as_ref());
    let message = format!("{request_id}\n{user_id}\n{timestamp}\n{hash}");
    let signature = unhex(text(&headers, "x-fal-webhook-signature"));

    let keys = emulator
        .get("/rest.fal.ai/.well-known/jwks.json")
        .await
        .json();
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let public = engine.decode(key["x"].as_str().unwrap()).unwrap();
    let public = UnparsedPublicKey::new(&ED25519, public);
    public
        .verify(message.as_bytes(), &signature)
        .expect("a good signature");
    let forged = message.replace(&hash, &hex(digest(&SHA256, b"{}").as_ref()));
    assert!(public.verify(forged.as_bytes(), &signature).is_err());

    let other = start()
        .await
        .get("/rest.fal.ai/.well-known/jwks.json")
        .await
        .json();
    assert_ne!(
        other["keys"][0]["x"], key["x"],
        "every run has a key of its own"
    );
}

fn hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = halves.map(|half| char::from_digit(half.into(), 16).unwrap());
    digits.collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

#[tokio::test]
async fn a_failure_is_told_with_its_reasons() {
    let (emulator, receiver) = (start().await, Receiver::start(&[]).await);
    submit(&emulator, &receiver.url, &refused()).await;
    let (_, body) = receiver.deliveries(1).await.remove(0);
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["status"], "ERROR");
    assert_eq!(told["error"], "Invalid status code: 422");
    assert_eq!(
        told["payload"]["detail"][0]["loc"],
        json!(["body", "prompt"])
    );
}

#[tokio::test]
async fn no_page_of_another_origin_has_this_machine_called() {
    let emulator = Emulator::with(Options {
        allow_origins: vec![url::Url::parse("https://app.example").unwrap()],
        ..options()
    })
    .await;
    let receiver = Receiver::start(&[]).await;
    let own = emulator.origin();
    let query: String = url::form_urlencoded::byte_serialize(receiver.url.as_bytes()).collect();
    let submit = async |headers: &[(&str, &str)]| {
        let path = format!("/queue.fal.run/{T2V}?fal_webhook={query}");
        let reply = emulator
            .send("POST", &path, headers, refused().to_string())
            .await;
        let id = reply.json()["request_id"].as_str().unwrap().to_owned();
        let log = emulator.completed(&id).await["logs"][0]["message"].clone();
        log.as_str().unwrap().to_owned()
    };
    for headers in [
        // Headers that a page may send without a preflight.
        [
            ("origin", "https://evil.example"),
            ("content-type", "text/plain"),
        ],
        [("origin", "null"), ("content-type", "text/plain")],
        [
            ("origin", "http://localhost:3000"),
            ("content-type", "application/json"),
        ],
        [
            ("sec-fetch-site", "cross-site"),
            ("content-type", "text/plain"),
        ],
        [
            ("x-forwarded-for", "192.168.1.7"),
            ("content-type", "text/plain"),
        ],
    ] {
        let log = submit(&headers).await;
        assert!(
            log.starts_with("Nothing will be sent") && log.contains("--allow-origin"),
            "{headers:?}: {log}"
        );
    }
    for origin in [&*own, "https://app.example"] {
        let log = submit(&[("origin", origin)]).await;
        assert!(log.contains("told to the webhook"), "{origin}: {log}");
    }
    receiver.deliveries(2).await;
    assert_eq!(receiver.got().len(), 2);
}

#[tokio::test]
async fn a_cancelled_echo_is_told_too() {
    let (emulator, receiver) = (start().await, Receiver::start(&[]).await);
    let query: String = url::form_urlencoded::byte_serialize(receiver.url.as_bytes()).collect();
    let echo = format!("/emulator/echo?fal_webhook={query}");
    let reply = emulator.post(&echo, &json!({"delay_ms": 600_000})).await;
    let cancel = reply.json()["cancel_url"].as_str().unwrap().to_owned();
    assert_eq!(emulator.send("PUT", &cancel, &[], "").await.status, 202);
    let (_, body) = receiver.deliveries(1).await.remove(0);
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["request_id"], reply.json()["request_id"]);
    assert_eq!(told["status"], "ERROR");
}

#[tokio::test]
async fn a_delivery_is_repeated_until_it_is_taken_and_then_no_more() {
    let (emulator, receiver) = (start().await, Receiver::start(&[500, 404]).await);
    submit(&emulator, &receiver.url, &refused()).await;
    let got = receiver.deliveries(3).await;
    assert!(got.iter().all(|(_, body)| *body == got[0].1));
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(receiver.got().len(), 3);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_yet_gets_it_later() {
    let emulator = start().await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    submit(&emulator, &format!("http://{address}/"), &refused()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let delivery = tokio::time::timeout(Duration::from_secs(5), listener.accept()).await;
    assert!(delivery.is_ok());
}

#[tokio::test]
async fn a_slow_receiver_gets_it_again() {
    let emulator = start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    submit(&emulator, &url, &refused()).await;
    let (_first, _) = listener.accept().await.unwrap();
    let second = tokio::time::timeout(Duration::from_secs(5), listener.accept()).await;
    assert!(second.is_ok());
}

#[tokio::test]
async fn a_redirect_ends_the_delivery() {
    let (emulator, receiver) = (start().await, Receiver::start(&[307]).await);
    submit(&emulator, &receiver.url, &refused()).await;
    receiver.deliveries(1).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(receiver.got().len(), 1);
}

#[tokio::test]
async fn a_fault_makes_a_duplicate() {
    let (emulator, receiver) = (start().await, Receiver::start(&[]).await);
    let lost = json!({"method": "WEBHOOK", "path_contains": "/hook", "close": true, "after": true});
    assert_eq!(
        emulator.post("/api/emulator/faults", &lost).await.status,
        200
    );
    let id = submit(&emulator, &receiver.url, &refused()).await;
    let got = receiver.deliveries(2).await;
    for (headers, body) in &got {
        assert_eq!(text(headers, "x-fal-webhook-request-id"), id);
        assert_eq!(*body, got[0].1);
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(receiver.got().len(), 2);
}

#[tokio::test]
async fn a_fault_may_keep_a_delivery_back() {
    let (emulator, receiver) = (start().await, Receiver::start(&[]).await);
    for fault in [
        json!({"method": "WEBHOOK", "status": 503}),
        json!({"method": "WEBHOOK", "delay_ms": 100}),
    ] {
        assert_eq!(
            emulator.post("/api/emulator/faults", &fault).await.status,
            200
        );
    }
    let began = Instant::now();
    submit(&emulator, &receiver.url, &refused()).await;
    receiver.deliveries(1).await;
    assert!(began.elapsed() >= Duration::from_millis(100));
    assert_eq!(receiver.got().len(), 1);
}

#[tokio::test]
async fn where_a_delivery_goes_is_told_in_the_log_without_its_secrets() {
    let emulator = start().await;
    for (webhook, told) in [
        (
            "http://127.0.0.1:9/hook?secret=hush",
            "told to the webhook at 127.0.0.1",
        ),
        ("http://10.0.0.1/hook?secret=hush", "--allow-private-hosts"),
        ("ftp://a/hush", "ftp"),
        ("hush", "not an absolute URL"),
    ] {
        let id = submit(&emulator, webhook, &refused()).await;
        let status = emulator.completed(&id).await;
        let log = status["logs"][0]["message"].as_str().unwrap();
        assert!(log.contains(told) && !log.contains("hush"), "{log}");
    }
}
