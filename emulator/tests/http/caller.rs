//! The required key: calls without it are refused, and some calls do not need it.

use fal_emulator::{Key, Options};
use serde_json::{Value, json};

use crate::common::{Emulator, PRO, PROXY, T2V, options};

const AUTHORIZATION: &str = "authorization";
const INITIATE: &str = "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";

async fn strict() -> Emulator {
    Emulator::with(Options {
        require_key: Key::new("id:secret"),
        ..options()
    })
    .await
}

async fn refused(emulator: &Emulator, place: &str, headers: &[(&str, &str)]) -> String {
    let reply = emulator.send("POST", place, headers, "{}").await;
    assert_eq!(reply.status, 401, "{place} {headers:?}");
    reply.detail()
}

#[tokio::test]
async fn without_the_key_a_call_is_refused_in_the_services_words() {
    let emulator = strict().await;
    let queue = format!("/queue.fal.run/{T2V}");
    for wrong in ["Key id:other", "Key ", "id:secret", "Basic aWQ6c2VjcmV0"] {
        let headers = [(AUTHORIZATION, wrong)];
        for place in [&queue, INITIATE] {
            let detail = refused(&emulator, place, &headers).await;
            assert_eq!(detail, "invalid key credentials");
        }
    }
    let bearer = [(AUTHORIZATION, "Bearer id:secret")];
    assert!(refused(&emulator, &queue, &bearer).await.contains("issuer"));
    let none = refused(&emulator, &queue, &[]).await;
    assert!(none.starts_with(&format!("Cannot access application \"{PRO}\"")));
    let none = refused(&emulator, INITIATE, &[]).await;
    assert_eq!(none, "Authorization header is required");
    // A token is accepted for streams and WebSockets, and not for these calls.
    for place in [&format!("{queue}?"), &format!("{INITIATE}&")] {
        refused(&emulator, &format!("{place}fal_jwt_token=x"), &[]).await;
    }
}

#[tokio::test]
async fn follow_ups_are_asked_for_the_key_before_anything_is_told_of_the_request() {
    let emulator = strict().await;
    let id = "00000000-0000-0000-0000-000000000000";
    let status = format!("/queue.fal.run/{PRO}/requests/{id}/status");
    assert_eq!(emulator.get(&status).await.status, 401);
    let headers = [(AUTHORIZATION, "Key id:secret")];
    let reply = emulator.send("GET", &status, &headers, "").await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn with_the_key_files_are_uploaded_and_their_bytes_need_none() {
    let emulator = strict().await;
    let headers = [(AUTHORIZATION, "Key id:secret")];
    let body = json!({"file_name": "a.txt", "content_type": "text/plain"});
    let initiated = emulator
        .send("POST", INITIATE, &headers, body.to_string())
        .await;
    assert_eq!(initiated.status, 200);
    let urls = initiated.json();
    let upload = urls["upload_url"].as_str().unwrap();
    let put = emulator.send("PUT", upload, &[], "hello").await;
    assert_eq!(put.status, 200);
    let file = emulator.get(urls["file_url"].as_str().unwrap()).await;
    assert_eq!(file.body, "hello");
}

#[tokio::test]
async fn the_proxy_adds_the_key_and_does_not_hide_a_wrong_one() {
    let emulator = strict().await;
    let target = format!("https://queue.fal.run/{T2V}");
    let reply = emulator.proxied("POST", &target, &json!({})).await;
    assert_eq!(reply.status, 200);
    let headers = [
        ("x-fal-target-url", target.as_str()),
        (AUTHORIZATION, "Key id:other"),
    ];
    let detail = refused(&emulator, PROXY, &headers).await;
    assert_eq!(detail, "invalid key credentials");
}

#[tokio::test]
async fn an_emulator_that_was_given_no_key_takes_every_call() {
    let emulator = Emulator::start().await;
    let place = format!("/queue.fal.run/{T2V}");
    for headers in [&[][..], &[(AUTHORIZATION, "Key anything")][..]] {
        let reply = emulator.send("POST", &place, headers, "{}").await;
        assert_eq!(reply.status, 200);
        assert_ne!(reply.json()["request_id"], Value::Null);
    }
}
