//! Errors, and results that must not be lost.

use crate::support::{FetchInPlace, client, fault, reset, text_input};
use fal_wasm::{
    Client, Error, Status,
    models::kandinsky5::{ProImageToVideo, ProImageToVideoInput, ProTextToVideo, VideoOutput},
};
use serde_json::{Value, json};
use std::error::Error as _;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_refused_input_comes_back_with_its_findings() {
    reset().await;
    let input = ProImageToVideoInput {
        prompt: "zoom".into(),
        image_url: "data:text/plain,hello".into(),
        ..Default::default()
    };
    let error = client()
        .subscribe::<ProImageToVideo>(&input)
        .await
        .expect_err("not an image");
    let Error::Api {
        status,
        fields,
        request_id,
        body,
        is_final,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (*status, fields[0].field.as_str(), *is_final),
        (422, "image_url", true)
    );
    assert!(body["detail"].is_array());
    let id = request_id.as_deref().expect("an id");
    let said = error.to_string();
    assert!(said.starts_with("result: HTTP 422: image_url: "), "{said}");
    assert!(!said.contains(id), "{said}");
}

#[wasm_bindgen_test]
async fn an_unreachable_service_is_a_network_error_that_names_the_operation() {
    let client = Client::with_proxy("http://127.0.0.1:9/nothing-listens-here");
    let error = client
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect_err("no answer");
    let Error::SubmitUncertain { source } = &error else {
        panic!("{error:?}")
    };
    assert!(
        matches!(
            **source,
            Error::Network {
                operation: "submit",
                ..
            }
        ),
        "{source:?}"
    );
    assert!(error.to_string().starts_with("submit: "), "{error}");
    assert!(error.source().is_some() && error.job_may_exist());
}

#[wasm_bindgen_test]
async fn a_wrapped_fetch_may_reject_with_anything() {
    for source in [
        "return Promise.reject('no')",
        "return Promise.reject(undefined)",
        "return Promise.reject({ code: 7 })",
        "throw 'at once'",
        "return 'no promise'",
        "return Promise.resolve(null)",
    ] {
        let in_place = FetchInPlace::new(source);
        let error = client()
            .submit::<ProTextToVideo>(&text_input("x"))
            .await
            .expect_err("no answer");
        drop(in_place);
        assert!(
            matches!(error, Error::SubmitUncertain { .. }),
            "{source}: {error:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_body_may_break_with_anything() {
    let in_place = FetchInPlace::new(
        "return Promise.resolve(new Response(new ReadableStream({ start(it) { it.error('no') } })))",
    );
    let error = client()
        .call("emulator/echo", &json!({}))
        .run()
        .await
        .expect_err("half an answer");
    drop(in_place);
    assert!(matches!(error, Error::SubmitUncertain { .. }), "{error:?}");
}

#[wasm_bindgen_test]
async fn a_result_that_does_not_fit_names_the_field_and_keeps_the_text() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    client().request(&request).follow().await.expect("a status");
    let body = json!({ "video": { "url": "u", "file_size": "large" } });
    fault(json!({ "method": "GET", "path_contains": "/requests/", "times": 1, "status": 200, "body": body })).await;
    let error = client()
        .result::<VideoOutput>(&request)
        .await
        .expect_err("a misfit");
    let Error::BadAnswer {
        field,
        text,
        request_id,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(field.as_deref(), Some("video.file_size"));
    assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), body);
    assert_eq!(request_id.as_deref(), Some(request.request_id.as_str()));
    let again = client().result::<Value>(&request).await.expect("any JSON");
    assert!(again.data["video"]["url"].is_string());
}

#[wasm_bindgen_test]
async fn a_large_seed_and_an_unexpected_field_lose_no_result() {
    reset().await;
    let body = r#"{"video":{"url":"u","more":[1]},"seed":9007199254740993,"new":{}}"#;
    let headers = json!({ "content-type": "application/json" });
    fault(json!({ "method": "GET", "path_contains": "/requests/", "times": 9, "status": 200, "headers": headers, "body": body })).await;
    let request = fal_wasm::RequestHandle::new("acme/app", "r-1");
    let completed = client()
        .result::<VideoOutput>(&request)
        .await
        .expect("it fits");
    assert_eq!(completed.data.seed, Some(9_007_199_254_740_993));
    reset().await;
}

#[wasm_bindgen_test]
async fn a_submit_that_a_server_refused_for_good_is_not_sent_again() {
    reset().await;
    fault(json!({ "method": "POST", "path_contains": "text-to-video", "times": 1, "status": 503, "body": { "detail": "later" } })).await;
    let error = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect_err("refused");
    assert_eq!(error.to_string(), "submit: HTTP 503: later");
    assert!(error.job_may_exist() && !error.is_final());
    assert_eq!(crate::support::received("/text-to-video").await.len(), 1);
}

#[wasm_bindgen_test]
async fn a_refusal_that_a_proxy_answers_with_200_is_one() {
    reset().await;
    let finding = json!({ "loc": ["body", "prompt"], "msg": "no", "type": "missing" });
    fault(json!({ "method": "POST", "path_contains": "text-to-video", "times": 1, "status": 200, "body": { "detail": [finding] } })).await;
    let error = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect_err("refused");
    assert_eq!(error.to_string(), "submit: HTTP 422: prompt: no");
}

#[wasm_bindgen_test]
async fn a_job_that_failed_without_a_result_says_why() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    let id = &request.request_id;
    let completed = json!({ "status": "COMPLETED", "request_id": id, "response_url": "u", "error": "Runner went away", "error_type": "runner_disconnected" });
    fault(json!({ "path_contains": "/status", "times": 9, "status": 200, "body": completed }))
        .await;
    let mut last = None;
    let polled = client()
        .request(&request)
        .poll_only()
        .output::<VideoOutput>()
        .resume();
    let error = polled.on_update(|update| {
        if let fal_wasm::Update::Status(status) = update {
            last = Some(status);
        }
    });
    let error = error.await.expect_err("failed");
    assert!(matches!(last, Some(Status::Completed { .. })), "{last:?}");
    let Error::JobFailed {
        message,
        error_type,
        request_id,
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (message.as_str(), error_type.as_deref()),
        ("Runner went away", Some("runner_disconnected"))
    );
    assert_eq!(request_id.as_deref(), Some(id.as_str()));
    assert!(error.is_final());
    reset().await;
}
