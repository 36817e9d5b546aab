//! Files that expire, and files that only some readers may read.

use std::time::Duration;

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, T2V, options};

const INITIATE: &str = "/storage/upload/initiate?storage_type=fal-cdn-v3";
const UPLOAD: &str = "x-fal-object-lifecycle";
const PREFERENCE: &str = "x-fal-object-lifecycle-preference";
const EXPIRATION: &str = "x-fal-object-lifecycle-expiration";

/// Uploads a file with one header on the initiate call, and returns its URL.
async fn uploaded(emulator: &Emulator, header: &str, lifecycle: &str) -> String {
    let headers = [(header, lifecycle)];
    let begun = emulator
        .send("POST", INITIATE, &headers, "{\"file_name\":\"a.txt\"}")
        .await;
    assert_eq!(begun.status, 200);
    let begun = begun.json();
    let put = emulator
        .send("PUT", begun["upload_url"].as_str().unwrap(), &[], "bytes")
        .await;
    assert_eq!(put.status, 200);
    begun["file_url"].as_str().unwrap().to_owned()
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(since.unwrap().as_millis()).unwrap()
}

#[tokio::test]
async fn a_file_tells_when_it_goes_and_goes() {
    let emulator = Emulator::start().await;
    let before = now_ms();
    let url = uploaded(&emulator, UPLOAD, "{\"expiration_duration_seconds\":0.8}").await;
    for method in ["HEAD", "GET"] {
        let origin = [("origin", "https://app.example")];
        let file = emulator.send(method, &url, &origin, "").await;
        assert_eq!(file.status, 200);
        let end: u64 = file.header(EXPIRATION).unwrap().parse().unwrap();
        assert!((before + 800..=now_ms() + 800).contains(&end), "{end}");
        assert!(
            file.header("access-control-expose-headers")
                .unwrap()
                .contains(EXPIRATION)
        );
        assert_eq!(
            file.header("cache-control"),
            Some("public, max-age=0, immutable")
        );
    }
    tokio::time::sleep(Duration::from_millis(850)).await;
    assert_eq!(emulator.get(&url).await.status, 404);
    for folder in ["types", "lifecycles"] {
        let folder = emulator.server.data().join(folder);
        assert!(std::fs::read_dir(folder).unwrap().next().is_none());
    }
}

#[tokio::test]
async fn a_file_sent_again_lives_anew() {
    let emulator = Emulator::start().await;
    let headers = [(UPLOAD, "{\"expiration_duration_seconds\":0.8}")];
    let begun = emulator.send("POST", INITIATE, &headers, "{}").await.json();
    let (to, url) = (
        begun["upload_url"].as_str().unwrap(),
        begun["file_url"].as_str().unwrap(),
    );
    assert_eq!(emulator.send("PUT", to, &[], "first").await.status, 200);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(emulator.send("PUT", to, &[], "second").await.status, 200);
    tokio::time::sleep(Duration::from_millis(400)).await;
    // Every upload removes the expired files.
    uploaded(&emulator, UPLOAD, "").await;
    assert_eq!(emulator.get(url).await.body, "second");
}

#[tokio::test]
async fn both_names_are_taken_and_what_cannot_be_read_is_ignored() {
    let emulator = Emulator::start().await;
    let hour = "{\"expiration_duration_seconds\":3600}";
    let url = uploaded(&emulator, PREFERENCE, hour).await;
    assert!(emulator.get(&url).await.header(EXPIRATION).is_some());
    for ignored in [
        "{",
        "3600",
        "{\"expiration_duration_seconds\":0}",
        "{\"initial_acl\":\"hide\"}",
    ] {
        let url = uploaded(&emulator, UPLOAD, ignored).await;
        let file = emulator.get(&url).await;
        assert_eq!(
            (file.status.as_u16(), file.header(EXPIRATION)),
            (200, None),
            "{ignored}"
        );
    }
}

#[tokio::test]
async fn a_decision_holds_for_those_without_a_key() {
    let emulator = Emulator::start().await;
    for (decision, status) in [("allow", 200), ("hide", 404), ("forbid", 403)] {
        let rules = json!([{"user": "acme", "decision": "allow"}]);
        let acl = json!({"initial_acl": {"default": decision, "rules": rules}});
        let url = uploaded(&emulator, UPLOAD, &acl.to_string()).await;
        assert_eq!(emulator.get(&url).await.status, status, "{decision}");
        let key = [("authorization", "Key id:secret")];
        let own = emulator.send("GET", &url, &key, "").await;
        assert_eq!((own.status.as_u16(), &own.body[..]), (200, &b"bytes"[..]));
    }
}

#[tokio::test]
async fn a_hidden_file_looks_like_none() {
    let emulator = Emulator::start().await;
    let acl = "{\"initial_acl\":{\"default\":\"hide\"}}";
    let url = uploaded(&emulator, UPLOAD, acl).await;
    let hidden = emulator.get(&url).await;
    let none = emulator
        .get("/files/b/01234567/0123456789abcdef01234567_a.txt")
        .await;
    assert_eq!((hidden.status, hidden.body), (none.status, none.body));
}

#[tokio::test]
async fn what_a_model_makes_has_the_life_that_the_request_asked_for() {
    let emulator = Emulator::start().await;
    let headers = [(PREFERENCE, "{\"expiration_duration_seconds\":3600}")];
    let body = json!({"prompt": "a short life"}).to_string();
    let reply = emulator
        .send("POST", &format!("/{T2V}"), &headers, body)
        .await
        .json();
    let id = reply["request_id"].as_str().unwrap();
    emulator.completed(id).await;
    let result: Value = emulator
        .get(reply["response_url"].as_str().unwrap())
        .await
        .json();
    let video = emulator
        .send("HEAD", result["video"]["url"].as_str().unwrap(), &[], "")
        .await;
    assert!(video.header(EXPIRATION).is_some(), "{video:?}");
}

#[tokio::test]
async fn ends_are_kept_across_runs() {
    let folder = std::env::temp_dir().join(format!("fal-lifecycle-{}", std::process::id()));
    let with_folder = || Options {
        data: Some(folder.clone()),
        ..options()
    };
    let emulator = Emulator::with(with_folder()).await;
    let url = uploaded(&emulator, UPLOAD, "{\"expiration_duration_seconds\":0.2}").await;
    let stays = uploaded(&emulator, UPLOAD, "{}").await;
    let path = |url: &str| url.strip_prefix(&emulator.origin()).unwrap().to_owned();
    let (goes, stays) = (path(&url), path(&stays));
    emulator.server.shutdown().await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    let again = Emulator::with(with_folder()).await;
    assert!(!folder.join(goes.trim_start_matches('/')).exists());
    assert_eq!(again.get(&goes).await.status, 404);
    assert_eq!(again.get(&stays).await.status, 200);
    drop(again);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_files_of_a_synchronous_run_go_when_its_caller_wants() {
    let emulator = Emulator::start().await;
    let wish = [(PREFERENCE, "{\"expiration_duration_seconds\":3600}")];
    let path = format!("/fal.run/{T2V}");
    let reply = emulator
        .send("POST", &path, &wish, "{\"prompt\":\"x\"}")
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let url = reply.json()["video"]["url"].as_str().unwrap().to_owned();
    assert!(emulator.get(&url).await.header(EXPIRATION).is_some());
}
