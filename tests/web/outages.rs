//! Connections that fail, and servers that answer in place of fal.

use crate::support::{
    FetchInPlace, client, fault, impatient, pause, received, reset, set_online, text_input,
};
use fal_wasm::{
    Error, Progress, Update,
    models::kandinsky5::{ProTextToVideo, VideoOutput},
};
use serde_json::json;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_submit_that_was_refused_for_now_is_sent_again() {
    reset().await;
    fault(json!({ "method": "POST", "path_contains": "text-to-video", "times": 2, "status": 429, "body": { "detail": "busy" } })).await;
    impatient()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    assert_eq!(received("/text-to-video").await.len(), 3);
}

#[wasm_bindgen_test]
async fn polls_that_fail_are_reported_and_repeated() {
    reset().await;
    fault(json!({ "path_contains": "/status", "times": 2, "status": 503, "body": {} })).await;
    let polled = impatient();
    let polled = polled
        .endpoint::<ProTextToVideo>(&text_input("x"))
        .poll_interval(Duration::from_millis(20));
    let mut progress = Vec::new();
    let completed = polled.subscribe().on_update(|update| {
        if let Update::Progress(it) = update {
            progress.push(it);
        }
    });
    completed.await.expect("a video");
    assert!(
        matches!(progress[0], Progress::Reconnecting { since_ms } if since_ms > 1e12),
        "{progress:?}"
    );
    assert!(
        !matches!(progress[1], Progress::Reconnecting { .. }),
        "{progress:?}"
    );
    assert_eq!(progress.last(), Some(&Progress::Done));
}

#[wasm_bindgen_test]
async fn a_route_that_carries_no_streams_is_polled() {
    reset().await;
    fault(json!({ "path_contains": "/status/stream", "times": 9, "status": 405, "body": { "detail": "Method Not Allowed" } })).await;
    // Use a route of its own: the client remembers for each route whether it can stream.
    let proxy = format!("{}/api/fal/proxy?no-streams", crate::support::EMULATOR);
    let other = fal_wasm::Client::with_proxy(proxy);
    for _ in 0..2 {
        other
            .subscribe::<ProTextToVideo>(&text_input("x"))
            .await
            .expect("a video");
    }
    assert_eq!(
        received("/status/stream").await.len(),
        1,
        "the second call knows"
    );
    reset().await;
}

#[wasm_bindgen_test]
async fn a_login_page_in_place_of_an_answer_is_asked_again() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    client().request(&request).follow().await.expect("a status");
    reset().await;
    let page = json!({ "path_contains": "/requests/", "times": 2, "status": 200, "headers": { "content-type": "text/html" }, "body": "<html>log in</html>" });
    fault(page).await;
    let completed = impatient().result::<VideoOutput>(&request).await;
    assert!(completed.is_ok(), "{completed:?}");
    assert_eq!(received("/requests/").await.len(), 3);
}

#[wasm_bindgen_test]
async fn an_answer_that_stays_a_page_is_no_result() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    let page = json!({ "path_contains": "/requests/", "times": 99, "status": 200, "headers": { "content-type": "text/html" }, "body": "<html>log in</html>" });
    fault(page).await;
    let error = impatient()
        .result::<VideoOutput>(&request)
        .await
        .expect_err("no result");
    let Error::BadAnswer {
        text, request_id, ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (text.as_str(), request_id.as_deref()),
        ("<html>log in</html>", Some(request.request_id.as_str()))
    );
    reset().await;
}

#[wasm_bindgen_test]
async fn a_connection_that_breaks_while_a_request_is_followed_costs_nothing() {
    reset().await;
    fault(json!({ "path_contains": "/status", "times": 2, "close": true })).await;
    fault(json!({ "method": "GET", "path_contains": "/requests/", "times": 1, "close": true }))
        .await;
    let proxy = format!("{}/api/fal/proxy?cuts", crate::support::EMULATOR);
    let retry = fal_wasm::Retry::default().base_delay(Duration::from_millis(20));
    let client = fal_wasm::Client::builder()
        .proxy(proxy)
        .retry(retry)
        .build();
    client
        .subscribe::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a video");
    assert_eq!(
        received("text-to-video").await.len(),
        1,
        "it is submitted once"
    );
}

#[wasm_bindgen_test]
async fn without_a_network_a_call_waits_for_it() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    client().request(&request).follow().await.expect("a status");
    let in_place = FetchInPlace::new(
        "return navigator.onLine ? realFetch(request) : Promise.reject(new TypeError('offline'))",
    );
    set_online(false);
    let call = client()
        .request(&request)
        .output::<VideoOutput>()
        .poll_only()
        .resume();
    let mut progress = Vec::new();
    let ended = call.on_update(|update| {
        if let Update::Progress(it) = update {
            progress.push(it);
        }
    });
    let back = async {
        pause(500).await;
        set_online(true);
    };
    let (ended, ()) = futures_util::future::join(ended, back).await;
    drop(in_place);
    ended.expect("a video");
    assert!(
        matches!(progress[0], Progress::Offline { .. }),
        "{progress:?}"
    );
    assert_eq!(progress.last(), Some(&Progress::Done));
}

#[wasm_bindgen_test]
async fn without_a_network_a_submit_fails_only_if_it_may_have_left() {
    reset().await;
    let in_place = FetchInPlace::new("return Promise.reject(new TypeError('offline'))");
    set_online(false);
    let error = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect_err("uncertain");
    set_online(true);
    drop(in_place);
    let Error::SubmitUncertain { source } = error else {
        panic!("a fetch of the page's own may send it later: {error:?}")
    };
    assert!(
        matches!(
            *source,
            Error::Network {
                is_offline: true,
                ..
            }
        ),
        "{source:?}"
    );
}

#[wasm_bindgen_test]
async fn a_stream_that_a_proxy_holds_back_is_given_up_and_the_request_is_polled() {
    reset().await;
    fault(json!({ "path_contains": "/status/stream", "times": 9, "delay_ms": 600_000 })).await;
    let held =
        fal_wasm::Client::with_proxy(format!("{}/api/fal/proxy?held", crate::support::EMULATOR));
    held.subscribe::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a video");
    assert!((1..=2).contains(&received("/status/stream").await.len()));
    assert!(!received("/status?").await.is_empty());
    reset().await;
}
