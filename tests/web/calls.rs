//! Running calls: their updates, and the ways to stop them.

use crate::support::{
    client, fault, hold_jobs, pause, received, release_all, reset, text_input, until_received,
};
use fal_wasm::{
    Error, Progress, RequestHandle, Status, Update,
    models::kandinsky5::{ProTextToVideo, VideoOutput},
};
use futures_util::{StreamExt, future::join};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_typed_subscribe_gives_a_typed_video_and_reports_every_status() {
    reset().await;
    let mut updates = Vec::new();
    let completed = client()
        .subscribe::<ProTextToVideo>(&text_input("a slow river"))
        .on_update(|update| updates.push(update))
        .await
        .expect("a video");
    assert!(completed.data.video.url.ends_with("output.mp4"));
    assert!(completed.data.video.file_size > Some(1_000));
    assert!(completed.metrics.is_some());
    assert!(
        completed
            .timings
            .is_some_and(|timings| timings.total_ms > 0.0)
    );
    assert!(
        matches!(&updates[0], Update::Enqueued(request) if request.request_id == completed.request_id)
    );
    let statuses = updates.iter().filter_map(|update| match update {
        Update::Status(status) => Some(status),
        _ => None,
    });
    let Some(Status::Completed { logs, error, .. }) = statuses.clone().next_back() else {
        panic!("the updates were {updates:?}");
    };
    assert_eq!(*error, None);
    assert!(logs.len() > 3);
    assert!(updates.contains(&Update::Progress(Progress::Done)));
    let all: Vec<_> = statuses.collect();
    assert!(
        all.windows(2).all(|pair| pair[0] != pair[1]),
        "each is told once"
    );
}

#[wasm_bindgen_test]
async fn a_call_is_a_stream_of_updates_and_then_a_future_of_its_result() {
    reset().await;
    let mut call = client().subscribe::<ProTextToVideo>(&text_input("streamed"));
    let mut count = 0;
    while let Some(update) = call.next().await {
        count += 1;
        assert!(
            count > 1 || matches!(update, Update::Enqueued(_)),
            "{update:?}"
        );
    }
    assert!(count > 3);
    assert!(call.await.is_ok());
}

#[wasm_bindgen_test]
async fn a_request_is_followed_by_the_stream_of_its_statuses_or_by_polls() {
    reset().await;
    client()
        .subscribe::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a video");
    assert_eq!(received("/status/stream").await.len(), 1);
    assert_eq!(received("/status").await.len(), 1, "no poll");

    reset().await;
    let polled = client()
        .endpoint::<ProTextToVideo>(&text_input("x"))
        .poll_interval(Duration::from_millis(20));
    polled.subscribe().await.expect("a video");
    assert_eq!(received("/status/stream").await.len(), 0);
    assert!(!received("/status?logs=1").await.is_empty());

    reset().await;
    let quiet = client()
        .endpoint::<ProTextToVideo>(&text_input("x"))
        .logs(false);
    let mut lines = 0;
    let counted = quiet.subscribe().on_update(|update| {
        if let Update::Status(status) = update {
            lines += status.logs().len();
        }
    });
    counted.await.expect("a video");
    assert_eq!((lines, received("logs=0").await.len()), (0, 1));
}

#[wasm_bindgen_test]
async fn a_dropped_subscribe_cancels_its_job() {
    reset().await;
    hold_jobs().await;
    let mut call = client().subscribe::<ProTextToVideo>(&text_input("dropped"));
    assert!(matches!(call.next().await, Some(Update::Enqueued(_))));
    drop(call);
    until_received("/cancel").await;
    release_all().await;
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_while_it_submits_is_cancelled_when_its_id_is_known() {
    reset().await;
    fault(json!({ "method": "POST", "path_contains": "/text-to-video", "delay_ms": 300, "after": true })).await;
    hold_jobs().await;
    let call = client().subscribe::<ProTextToVideo>(&text_input("dropped"));
    pause(100).await;
    drop(call);
    let cancels = until_received("/cancel").await;
    assert_eq!((cancels.len(), &cancels[0]["method"]), (1, &json!("PUT")));
    release_all().await;
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_at_once_sends_nothing() {
    reset().await;
    drop(client().subscribe::<ProTextToVideo>(&text_input("dropped")));
    pause(300).await;
    assert_eq!(received("").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn a_detached_call_leaves_its_job_running_and_is_resumed_from_a_saved_handle() {
    reset().await;
    hold_jobs().await;
    let mut call = client().subscribe::<ProTextToVideo>(&text_input("left"));
    while !matches!(call.next().await, Some(Update::Status(_))) {}
    let request = call.detach().await.expect("a handle");
    let saved = serde_json::to_string(&request).expect("JSON");
    release_all().await;

    let request: RequestHandle = serde_json::from_str(&saved).expect("a handle");
    let completed = client()
        .resume::<VideoOutput>(&request)
        .await
        .expect("a video");
    assert_eq!(completed.request_id, request.request_id);
    assert!(
        completed
            .timings
            .is_some_and(|timings| timings.total_ms > 0.0)
    );
    assert_eq!(received("/cancel").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn a_submit_in_flight_is_waited_for_when_its_call_is_detached() {
    reset().await;
    fault(json!({ "method": "POST", "path_contains": "/text-to-video", "delay_ms": 300, "after": true })).await;
    let call = client().subscribe::<ProTextToVideo>(&text_input("left"));
    pause(100).await;
    let request = call.detach().await.expect("a handle");
    let completed = client().resume::<VideoOutput>(&request).await;
    assert!(completed.is_ok(), "{completed:?}");
    assert_eq!(received("/cancel").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn a_stopper_aborts_or_detaches_a_call_that_others_wait_for() {
    for is_abort in [true, false] {
        reset().await;
        hold_jobs().await;
        let call = client().subscribe::<ProTextToVideo>(&text_input("stopped"));
        let stopper = call.stopper();
        let mut id = String::new();
        let ended = call.on_update(|update| match update {
            Update::Enqueued(request) => id = request.request_id,
            Update::Status(_) if is_abort => stopper.abort(),
            Update::Status(_) => stopper.detach(),
            _ => {}
        });
        let error = ended.await.expect_err("stopped");
        assert_eq!(error.request_id(), Some(id.as_str()));
        if is_abort {
            assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
            until_received("/cancel").await;
        } else {
            assert!(matches!(error, Error::Detached { .. }), "{error:?}");
            pause(200).await;
            assert_eq!(received("/cancel").await, Vec::<Value>::new());
        }
        release_all().await;
    }
}

#[wasm_bindgen_test]
async fn a_timeout_ends_the_call_and_cancels_the_job() {
    reset().await;
    hold_jobs().await;
    let call = client()
        .endpoint::<ProTextToVideo>(&text_input("slow"))
        .timeout(Duration::from_millis(400));
    let error = call.subscribe().await.expect_err("timed out");
    assert!(
        matches!(
            error,
            Error::TimedOut {
                request_id: Some(_)
            }
        ),
        "{error:?}"
    );
    until_received("/cancel").await;
    release_all().await;
}

#[wasm_bindgen_test]
async fn a_request_can_be_followed_without_its_result() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    let status = client().request(&request).follow().await.expect("a status");
    assert!(
        status.is_completed() && status.logs().len() > 3,
        "{status:?}"
    );

    hold_jobs().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("y"))
        .await
        .expect("a handle");
    let mut call = client().request(&request).follow();
    call.next().await;
    drop(call);
    pause(200).await;
    assert_eq!(
        received("/cancel").await,
        Vec::<Value>::new(),
        "whoever only looks on cancels nothing"
    );
    release_all().await;
}

#[wasm_bindgen_test]
async fn a_finished_call_that_is_dropped_cancels_nothing() {
    reset().await;
    let mut call = client().subscribe::<ProTextToVideo>(&text_input("x"));
    while call.next().await.is_some() {}
    drop(call);
    pause(200).await;
    assert_eq!(received("/cancel").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn two_calls_go_on_side_by_side() {
    reset().await;
    let client = client();
    let first = client.subscribe::<ProTextToVideo>(&text_input("one"));
    let second = client.subscribe::<ProTextToVideo>(&text_input("two"));
    let (first, second) = join(first.result(), second.result()).await;
    assert_ne!(
        first.expect("a video").request_id,
        second.expect("a video").request_id
    );
}
