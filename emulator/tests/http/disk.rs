//! The limit on the bytes of all files.

use std::path::Path;

use fal_emulator::Options;
use serde_json::json;

use crate::common::{Emulator, T2V, options};

async fn bounded(disk_limit_bytes: u64) -> Emulator {
    Emulator::with(Options {
        disk_limit_bytes,
        ..options()
    })
    .await
}

/// Uploads `bytes` bytes. Returns the status, the detail and the file's path.
async fn upload(emulator: &Emulator, bytes: usize, lifecycle: &str) -> (u16, String, String) {
    let initiate = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    let headers = [("x-fal-object-lifecycle", lifecycle)];
    let begun = emulator.send("POST", initiate, &headers, "{}").await.json();
    let url = begun["upload_url"].as_str().unwrap();
    let put = emulator.send("PUT", url, &[], vec![7; bytes]).await;
    let detail = if put.status == 200 {
        String::new()
    } else {
        put.detail()
    };
    (
        put.status.as_u16(),
        detail,
        begun["file_url"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn files_are_taken_up_to_the_limit_and_no_further() {
    let emulator = bounded(1000).await;
    assert_eq!(upload(&emulator, 600, "").await.0, 200);
    let (status, detail, url) = upload(&emulator, 401, "").await;
    assert_eq!(status, 507);
    assert!(
        detail.contains("1000 bytes") && detail.contains("--disk-limit"),
        "{detail}"
    );
    assert_eq!(emulator.get(&url).await.status, 404);
    emulator.nothing_comes_in().await;
    // The refused upload has taken no space.
    assert_eq!(upload(&emulator, 400, "").await.0, 200);
}

#[tokio::test]
async fn a_file_sent_again_counts_once_and_one_that_is_gone_not_at_all() {
    let emulator = bounded(1000).await;
    let initiate = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    let begun = emulator.post(initiate, &json!({})).await.json();
    for _ in 0..3 {
        let url = begun["upload_url"].as_str().unwrap();
        assert_eq!(
            emulator.send("PUT", url, &[], vec![7; 400]).await.status,
            200
        );
    }
    let brief = "{\"expiration_duration_seconds\":0.1}";
    assert_eq!(upload(&emulator, 500, brief).await.0, 200);
    assert_eq!(upload(&emulator, 500, "").await.0, 507);
    tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    assert_eq!(upload(&emulator, 500, "").await.0, 200);
}

#[tokio::test]
async fn parts_count_as_they_come() {
    let emulator = bounded(1000).await;
    let initiate = "/storage/upload/initiate-multipart?storage_type=fal-cdn-v3";
    let begun = emulator.post(initiate, &json!({})).await.json();
    let (path, query) = begun["upload_url"]
        .as_str()
        .unwrap()
        .split_once('?')
        .unwrap();
    let mut parts = Vec::new();
    for number in 1..=2 {
        let url = format!("{path}/{number}?{query}");
        let part = emulator.send("PUT", &url, &[], vec![7; 500]).await;
        assert_eq!(part.status, 200);
        parts.push(part.json());
    }
    let third = emulator
        .send("PUT", &format!("{path}/3?{query}"), &[], "x")
        .await;
    assert_eq!(third.status, 507);
    let list = json!({ "parts": parts });
    let complete = emulator
        .post(&format!("{path}/complete?{query}"), &list)
        .await;
    assert_eq!(complete.status, 200, "{complete:?}");
    let file = emulator.send("HEAD", path, &[], "").await;
    assert_eq!(file.header("content-length"), Some("1000"));
    assert_eq!(upload(&emulator, 1, "").await.0, 507);
}

#[tokio::test]
async fn a_video_that_does_not_fit_fails_its_job_and_says_why() {
    let emulator = bounded(10).await;
    let result = emulator.run(T2V, &json!({"prompt": "too much"})).await;
    assert_eq!(result.status, 500);
    let told = result.json()["detail"][0]["msg"].to_string();
    assert!(told.contains("--disk-limit"), "{told}");
}

/// The options of an emulator that stores up to 1000 bytes in this folder.
fn kept_in(folder: &Path) -> Options {
    Options {
        data: Some(folder.to_owned()),
        disk_limit_bytes: 1000,
        ..options()
    }
}

#[tokio::test]
async fn a_full_disk_is_told_with_what_helps_for_a_folder_that_is_kept() {
    let folder = std::env::temp_dir().join(format!("fal-full-{}", std::process::id()));
    let with_folder = || kept_in(&folder);
    let emulator = Emulator::with(with_folder()).await;
    assert_eq!(upload(&emulator, 900, "").await.0, 200);
    let (status, detail, _) = upload(&emulator, 200, "").await;
    assert_eq!(status, 507);
    assert!(
        detail.contains("delete files") && !detail.contains("restart"),
        "{detail}"
    );

    // Follows the advice in the error: stop, delete, start.
    let files = emulator.server.data().join("files");
    emulator.server.shutdown().await;
    std::fs::remove_dir_all(files).unwrap();
    let again = Emulator::with(with_folder()).await;
    assert_eq!(upload(&again, 900, "").await.0, 200);
    drop(again);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_an_earlier_run_left_counts() {
    let folder = std::env::temp_dir().join(format!("fal-disk-{}", std::process::id()));
    let with_folder = || kept_in(&folder);
    let emulator = Emulator::with(with_folder()).await;
    assert_eq!(upload(&emulator, 900, "").await.0, 200);
    emulator.server.shutdown().await;
    let again = Emulator::with(with_folder()).await;
    assert_eq!(upload(&again, 200, "").await.0, 507);
    assert_eq!(upload(&again, 100, "").await.0, 200);
    drop(again);
    std::fs::remove_dir_all(folder).unwrap();
}
