//! Files, alone and in inputs.

use crate::support::{blob, client, fault, impatient, received, reset, text_of};
use fal_wasm::{
    Error, FileHandling, Progress, StorageSettings, Update, UploadProgress,
    models::kandinsky5::{ProImageToVideo, ProImageToVideoInput},
};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

const MEBIBYTE: u32 = 1 << 20;
const PART_BYTES: f64 = 5_242_880.0;

/// A file of three parts.
fn large() -> Blob {
    let bytes: Vec<u8> = (0..11 * MEBIBYTE)
        .map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[3])
        .collect();
    blob(&bytes, "application/x-large")
}

fn image() -> Blob {
    let base64 = crate::support::PNG.split(',').nth(1).expect("base64");
    let text = web_sys_atob(base64);
    blob(&text, "image/png")
}

fn web_sys_atob(base64: &str) -> Vec<u8> {
    use wasm_bindgen::JsCast;
    let atob = js_sys::Reflect::get(&js_sys::global(), &"atob".into()).expect("atob");
    let atob: js_sys::Function = atob.unchecked_into();
    let text = atob
        .call1(&wasm_bindgen::JsValue::UNDEFINED, &base64.into())
        .expect("bytes");
    text.as_string()
        .expect("bytes")
        .chars()
        .map(|it| u8::try_from(u32::from(it)).expect("a byte"))
        .collect()
}

#[wasm_bindgen_test]
async fn an_uploaded_file_can_be_downloaded() {
    reset().await;
    let mut reports = Vec::new();
    let file = blob(b"Hello, World!", "text/plain");
    let lifecycle = StorageSettings::default().expires_in(Duration::from_mins(1));
    let upload = client();
    let upload = upload
        .upload(&file)
        .lifecycle(lifecycle)
        .on_progress(|sent| reports.push(sent));
    let url = upload.await.expect("a URL");
    assert_eq!(text_of("GET", &url, None).await, "Hello, World!");
    let last: &UploadProgress = reports.last().expect("a report");
    assert_eq!((last.loaded, last.total), (13.0, 13.0));
    let initiated = received("storage/upload/initiate").await;
    assert_eq!(initiated[0]["body"]["content_type"], "text/plain");
    assert_eq!(
        initiated[0]["headers"]["x-fal-object-lifecycle"],
        r#"{"expiration_duration_seconds":60}"#
    );
}

#[wasm_bindgen_test]
async fn a_large_file_goes_up_in_parts() {
    reset().await;
    let file = large();
    let mut reports: Vec<f64> = Vec::new();
    let upload = impatient();
    let upload = upload
        .upload(&file)
        .multipart_threshold(PART_BYTES)
        .part_size(PART_BYTES);
    let url = upload
        .on_progress(|sent| reports.push(sent.loaded))
        .await
        .expect("a URL");
    let stored = text_of("GET", &url, None).await;
    assert!(!stored.is_empty());
    assert_eq!(received("initiate-multipart").await.len(), 1);
    assert!(
        reports.windows(2).all(|pair| pair[0] <= pair[1]),
        "never back: {reports:?}"
    );
    assert_eq!(reports.last(), Some(&file.size()));
    let all = received("").await;
    assert_eq!(
        all.iter()
            .filter(|request| request["method"] == "PUT")
            .count(),
        3
    );
}

#[wasm_bindgen_test]
async fn a_part_that_fails_is_sent_again_alone() {
    reset().await;
    fault(json!({ "path_contains": "/2?", "times": 2, "status": 500, "after": true, "body": {} }))
        .await;
    let upload = impatient();
    let url = upload
        .upload(&large())
        .multipart_threshold(PART_BYTES)
        .part_size(PART_BYTES)
        .await;
    assert!(url.is_ok(), "{url:?}");
    let all = received("").await;
    assert_eq!(
        all.iter()
            .filter(|request| request["method"] == "PUT")
            .count(),
        5
    );
    assert_eq!(received("initiate-multipart").await.len(), 1);
}

#[wasm_bindgen_test]
async fn an_upload_url_that_has_expired_is_asked_for_again_twice_at_most() {
    reset().await;
    fault(json!({ "method": "PUT", "times": 1, "status": 403, "body": {} })).await;
    let file = blob(b"x", "text/plain");
    assert!(client().upload(&file).await.is_ok());
    assert_eq!(received("storage/upload/initiate").await.len(), 2);

    reset().await;
    fault(json!({ "method": "PUT", "times": 9, "status": 403, "body": {} })).await;
    let error = client().upload(&file).await.expect_err("expired");
    assert_eq!(
        (error.status(), error.operation()),
        (Some(403), Some("upload"))
    );
    assert_eq!(received("storage/upload/initiate").await.len(), 3);
    reset().await;
}

#[wasm_bindgen_test]
async fn a_file_that_a_proxy_takes_in_one_piece_only_goes_up_so() {
    reset().await;
    fault(json!({ "path_contains": "initiate-multipart", "times": 1, "status": 403, "body": {} }))
        .await;
    let upload = client();
    let url = upload
        .upload(&large())
        .multipart_threshold(PART_BYTES)
        .part_size(PART_BYTES)
        .await;
    assert!(url.is_ok(), "{url:?}");
    assert_eq!(received("storage/upload/initiate?").await.len(), 1);
}

#[wasm_bindgen_test]
async fn options_that_cannot_be_right_are_refused_by_name() {
    let error = client()
        .upload(&blob(b"x", ""))
        .part_size(7.0)
        .await
        .expect_err("refused");
    assert!(
        matches!(
            error,
            Error::InvalidArgument {
                argument: "part_size",
                ..
            }
        ),
        "{error:?}"
    );
}

fn image_input() -> ProImageToVideoInput {
    ProImageToVideoInput {
        prompt: "zoom".into(),
        ..Default::default()
    }
}

#[wasm_bindgen_test]
async fn a_file_in_an_input_is_uploaded_and_replaced_by_its_url() {
    reset().await;
    let mut uploading = false;
    let call = client()
        .endpoint::<ProImageToVideo>(&image_input())
        .file("image_url", &image())
        .subscribe();
    let completed = call.on_update(|update| {
        uploading |= matches!(update, Update::Progress(Progress::Uploading { .. }));
    });
    completed.await.expect("a video");
    assert!(uploading);
    let submits = received("image-to-video").await;
    let url = submits[0]["body"]["image_url"].as_str().expect("a URL");
    assert!(url.starts_with("http"), "{url}");
}

#[wasm_bindgen_test]
async fn a_small_file_may_go_within_the_request() {
    for handling in [FileHandling::Inline, FileHandling::Auto] {
        reset().await;
        let call = client()
            .endpoint::<ProImageToVideo>(&image_input())
            .file("image_url", &image());
        call.files(handling).submit().await.expect("a handle");
        assert_eq!(received("storage/upload").await, Vec::<Value>::new());
        let submits = received("image-to-video").await;
        assert_eq!(submits[0]["body"]["image_url"], crate::support::PNG);
    }
}

#[wasm_bindgen_test]
async fn an_upload_that_fails_submits_nothing() {
    reset().await;
    fault(json!({ "path_contains": "initiate", "times": 1, "status": 403, "body": { "detail": "User is locked" } })).await;
    let call = client()
        .endpoint::<ProImageToVideo>(&image_input())
        .file("image_url", &image())
        .subscribe();
    let error = call.await.expect_err("locked");
    assert_eq!(error.to_string(), "upload: HTTP 403: User is locked");
    assert_eq!(received("image-to-video").await, Vec::<Value>::new());

    let empty = client()
        .endpoint::<ProImageToVideo>(&image_input())
        .file("image_url", &blob(b"", "image/png"));
    let error = empty.submit().await.expect_err("empty");
    assert_eq!(error.fields()[0].kind, "empty_file");
}

#[wasm_bindgen_test]
async fn an_answer_without_an_upload_url_is_kept_in_the_error() {
    reset().await;
    // Some proxies answer 200 to every request, also where the service refuses it.
    fault(json!({ "path_contains": "initiate", "times": 1, "status": 200, "body": { "detail": "User is locked" } })).await;
    let file = blob(b"x", "text/plain");
    let error = client().upload(&file).await.expect_err("no URL");
    let Error::BadAnswer { text, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(text.contains("User is locked"), "{text}");
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_while_it_uploads_submits_nothing() {
    reset().await;
    fault(json!({ "method": "PUT", "times": 1, "delay_ms": 500 })).await;
    let call = client()
        .endpoint::<ProImageToVideo>(&image_input())
        .file("image_url", &image())
        .subscribe();
    crate::support::until_received("initiate").await;
    drop(call);
    crate::support::pause(800).await;
    assert_eq!(received("image-to-video").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn a_try_that_stalls_is_given_up_and_made_again() {
    reset().await;
    fault(json!({ "method": "PUT", "times": 1, "delay_ms": 600_000 })).await;
    let upload = impatient();
    let file = blob(b"Hello, World!", "text/plain");
    let url = upload
        .upload(&file)
        .stall_timeout(Duration::from_millis(400))
        .await;
    assert!(url.is_ok(), "{url:?}");
    let all = received("").await;
    assert_eq!(
        all.iter()
            .filter(|request| request["method"] == "PUT")
            .count(),
        2
    );
    reset().await;
}
