//! The boundary, in a real browser against a running emulator: does the Rust client ask,
//! convert and clean up as it says? `npm test` starts the emulator and gives its address.

#![cfg(target_arch = "wasm32")]

use fal_wasm::{
    Client, Error, Status,
    exports::{status, submit},
    models::{
        Endpoint,
        kandinsky5::{
            ProDuration, ProImageToVideo, ProImageToVideoInput, ProTextToVideo,
            ProTextToVideoInput, Resolution, VideoOutput,
        },
    },
};
use gloo_net::http::Request;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    rc::Rc,
    task::Poll,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, BlobPropertyBag};

wasm_bindgen_test_configure!(run_in_browser);

const EMULATOR: &str = match option_env!("EMULATOR_URL") {
    Some(url) => url,
    None => "http://127.0.0.1:18787",
};

/// A PNG of 4 × 4 pixels.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAJUlEQVR4nGOwiZkGRwyJuX1wxNBe3w5HDBJmTvJm7upmPnpmgQANxRLn3i1fMAAAAABJRU5ErkJggg==";

fn client() -> Client {
    Client::with_proxy(&format!("{EMULATOR}/api/fal/proxy"))
}

fn text_input(prompt: &str) -> ProTextToVideoInput {
    ProTextToVideoInput {
        prompt: prompt.into(),
        resolution: Some(Resolution::P512),
        duration: Some(ProDuration::FiveSeconds),
        ..Default::default()
    }
}

/// What the emulator received about requests whose target contains `part`.
async fn received(part: &str) -> Vec<Value> {
    let url = format!("{EMULATOR}/api/emulator/requests");
    let all = Request::get(&url).send().await.expect("an answer");
    let all: Vec<Value> = serde_json::from_str(&all.text().await.expect("text")).expect("JSON");
    let target = |request: &Value| {
        request["target"]
            .as_str()
            .unwrap_or_default()
            .contains(part)
    };
    all.into_iter().filter(target).collect()
}

async fn forget_received() {
    let url = format!("{EMULATOR}/api/emulator/requests");
    Request::delete(&url).send().await.expect("an answer");
}

async fn pause(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let set_timeout: Function = Reflect::get(&js_sys::global(), &"setTimeout".into())
            .expect("a property")
            .unchecked_into();
        let _ = set_timeout.call2(&JsValue::UNDEFINED, &resolve, &ms.into());
    });
    JsFuture::from(promise).await.expect("no rejection");
}

#[wasm_bindgen_test]
async fn a_typed_subscribe_gives_a_typed_video_and_tells_every_status() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    let completed = client()
        .subscribe::<ProTextToVideo>(&text_input("a slow river"), move |status| {
            log.borrow_mut().push(status);
        })
        .await
        .expect("a video");
    assert!(completed.data.video.url.ends_with("output.mp4"));
    assert!(completed.data.video.file_size > Some(1_000));
    assert!(!completed.request_id.is_empty());
    let seen = seen.borrow();
    let Some(Status::Completed { logs, error, .. }) = seen.last() else {
        panic!("the last status was {:?}", seen.last());
    };
    assert_eq!(*error, None);
    assert!(logs.as_ref().is_some_and(|logs| logs.len() > 3));
}

#[wasm_bindgen_test]
async fn the_queue_can_be_walked_step_by_step() {
    let client = client();
    let input = ProImageToVideoInput {
        prompt: "zoom".into(),
        image_url: PNG.into(),
        ..Default::default()
    };
    let id = client
        .submit::<ProImageToVideo>(&input)
        .await
        .expect("an id");
    while !matches!(
        client
            .status::<ProImageToVideo>(&id)
            .await
            .expect("a status"),
        Status::Completed { .. }
    ) {
        pause(100).await;
    }
    let completed = client
        .result::<ProImageToVideo>(&id)
        .await
        .expect("a video");
    assert_eq!(completed.request_id, id);
    let late = client.cancel::<ProImageToVideo>(&id).await;
    assert_eq!(late.expect_err("too late").status(), Some(400.0));
}

#[wasm_bindgen_test]
async fn a_refused_input_comes_back_with_its_findings() {
    let input = ProImageToVideoInput {
        prompt: "zoom".into(),
        image_url: "data:text/plain,hello".into(),
        ..Default::default()
    };
    let error = client()
        .subscribe::<ProImageToVideo>(&input, |_| ())
        .await
        .expect_err("not an image");
    assert_eq!(error.code().as_deref(), Some("http"));
    assert_eq!(error.status(), Some(422.0));
    let id = error.request_id().expect("an id");
    let detail = Reflect::get(&error.body(), &"detail".into()).expect("a body");
    assert!(Array::is_array(&detail));
    let said = error.to_string();
    assert!(said.starts_with("result: HTTP 422: image_url: "), "{said}");
    assert!(!said.contains(&id), "{said}");
}

#[wasm_bindgen_test]
async fn steps_outside_their_range_are_refused_before_anything_is_sent() {
    forget_received().await;
    let input = ProTextToVideoInput {
        num_inference_steps: Some(51),
        ..text_input("x")
    };
    let error = client()
        .submit::<ProTextToVideo>(&input)
        .await
        .expect_err("refused");
    assert_eq!(error.code().as_deref(), Some("invalid_input"));
    assert_eq!(error.to_string(), "num_inference_steps: less_than_equal");
    assert_eq!(received("").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn a_dropped_subscribe_cancels_its_job() {
    forget_received().await;
    let client = client();
    let input = text_input("dropped");
    let mut call = Box::pin(client.subscribe::<ProTextToVideo>(&input, |_| ()));
    // Begins it, and lets the submit get on its way: one that is not is never sent.
    poll_fn(|context| {
        assert!(call.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    pause(1).await;
    drop(call);
    for _ in 0..50 {
        if !received("/cancel").await.is_empty() {
            return;
        }
        pause(100).await;
    }
    panic!("no cancel came; received: {:?}", received("").await);
}

#[wasm_bindgen_test]
async fn an_uploaded_file_can_be_downloaded() {
    let options = BlobPropertyBag::new();
    options.set_type("text/plain");
    let parts = Array::of1(&"Hello, World!".into());
    let file = Blob::new_with_str_sequence_and_options(&parts, &options).expect("a Blob");
    let url = client().upload(&file).await.expect("a URL");
    let text = Request::get(&url)
        .send()
        .await
        .expect("an answer")
        .text()
        .await;
    assert_eq!(text.expect("text"), "Hello, World!");
}

#[wasm_bindgen_test]
async fn an_unreachable_service_is_a_network_error_that_names_the_operation() {
    let client = Client::with_proxy("http://127.0.0.1:9/nothing-listens-here");
    let error = client
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect_err("no answer");
    assert_eq!(error.code().as_deref(), Some("network"));
    let operation = Reflect::get(error.as_js(), &"operation".into()).expect("a fact");
    assert_eq!(operation.as_string().as_deref(), Some("submit"));
    assert!(error.to_string().starts_with("submit: "), "{error}");
}

/// An endpoint that the crate does not know, as a Rust app would add it.
struct Unknown;

impl Endpoint for Unknown {
    const ID: &'static str = "acme/unknown";
    type Input = Value;
    type Output = VideoOutput;
}

#[wasm_bindgen_test]
async fn an_endpoint_of_the_callers_own_is_called_unchecked() {
    let error = client()
        .submit::<Unknown>(&json!({ "any": ["thing"] }))
        .await;
    assert_eq!(
        error.expect_err("the emulator has no such app").status(),
        Some(404.0)
    );
}

// The exported functions, as JavaScript calls them.

fn config() -> Object {
    let config = Object::new();
    let through_proxy = Function::new_with_args(
        "{ method, url, headers }",
        &format!(
            r#"return {{ method, url: "{EMULATOR}/api/fal/proxy", headers: {{ ...headers, "x-fal-target-url": url }} }}"#
        ),
    );
    Reflect::set(&config, &"requestMiddleware".into(), &through_proxy).expect("set");
    config
}

async fn submitted(options: &str) -> Result<JsValue, JsValue> {
    let options = JSON::parse(options).expect("JSON");
    // The body is JSON text already: what holds files is JavaScript's to replace.
    let input = Reflect::get(&options, &"input".into()).expect("a field");
    let body = JSON::stringify(&input).expect("JSON");
    Reflect::set(&options, &"body".into(), &body).expect("set");
    let id = "fal-ai/kandinsky5/text-to-video/distill".into();
    let promise = submit(config().into(), id, options);
    JsFuture::from(promise).await
}

#[wasm_bindgen_test]
async fn a_submit_sends_the_bare_input_with_the_method_query_and_headers_it_is_given() {
    forget_received().await;
    let reply = submitted(
        r#"{"input":{"prompt":"é","duration":"10s"},"method":"POST","query":"?fal_webhook=https%3A%2F%2Fa.b",
            "headers":{"x-mine":"1","ACCEPT":"text/plain"}}"#,
    )
    .await
    .expect("a reply");
    let reply = Reflect::get(&reply, &"body".into()).expect("a field");
    assert!(
        Reflect::get(&reply, &"request_id".into())
            .expect("a field")
            .is_string()
    );
    let requests = received("/fal-ai/kandinsky5").await;
    let request = &requests[0];
    assert_eq!(request["method"], "POST");
    assert_eq!(
        request["target"],
        "https://queue.fal.run/fal-ai/kandinsky5/text-to-video/distill?fal_webhook=https%3A%2F%2Fa.b"
    );
    assert_eq!(request["body"], json!({"prompt": "é", "duration": "10s"}));
    let headers = &request["headers"];
    for (name, value) in [
        ("accept", "text/plain"),
        ("content-type", "application/json"),
        ("x-mine", "1"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
}

#[wasm_bindgen_test]
async fn the_typed_client_submits_with_normal_priority() {
    forget_received().await;
    let input = text_input("headers of a typed submit");
    let id = client().submit::<ProTextToVideo>(&input).await;
    assert!(!id.expect("an id").is_empty());
    let requests = received("/text-to-video").await;
    assert_eq!(requests[0]["headers"]["x-fal-queue-priority"], "normal");
}

#[wasm_bindgen_test]
async fn ids_that_cannot_be_right_are_named_and_nothing_is_sent() {
    forget_received().await;
    let options: JsValue = JSON::parse(r#"{"requestId":"../x","input":{}}"#).expect("JSON");
    for (call, argument) in [
        (
            status(config().into(), "acme/app".into(), options.clone()),
            "requestId",
        ),
        (
            status(
                config().into(),
                "https://notfal.run/a/b".into(),
                options.clone(),
            ),
            "endpointId",
        ),
        (
            submit(config().into(), 7.into(), options.clone()),
            "endpointId",
        ),
    ] {
        let error = JsFuture::from(call).await.expect_err("refused");
        let named = Reflect::get(&error, &"argument".into()).expect("a fact");
        assert_eq!(named.as_string().as_deref(), Some(argument));
    }
    assert_eq!(received("").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
fn errors_are_values_that_rust_code_can_keep() {
    fn assert_keepable<T: Clone + std::fmt::Debug + 'static>() {}
    assert_keepable::<Error>();
}
