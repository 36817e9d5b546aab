//! The queue, step by step.

use crate::support::{
    FetchInPlace, PNG, builder, client, fault, global_text, pause, received, reset, text_input,
};
use fal_wasm::{
    Error, Priority, RequestHandle, Status,
    models::{
        Endpoint,
        kandinsky5::{ProImageToVideo, ProImageToVideoInput, ProTextToVideo, VideoOutput},
    },
};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_queue_can_be_walked_step_by_step() {
    reset().await;
    let client = client();
    let input = ProImageToVideoInput {
        prompt: "zoom".into(),
        image_url: PNG.into(),
        ..Default::default()
    };
    let request = client
        .submit::<ProImageToVideo>(&input)
        .await
        .expect("a handle");
    assert_eq!(request.endpoint_id, ProImageToVideo::ID);
    assert!(request.submitted_at_ms.is_some());
    while !client
        .status(&request)
        .await
        .expect("a status")
        .is_completed()
    {
        pause(100).await;
    }
    let completed = client
        .result::<VideoOutput>(&request)
        .await
        .expect("a video");
    assert_eq!(completed.request_id, request.request_id);
    let late = client.cancel(&request).await.expect_err("too late");
    assert_eq!(
        (late.status(), late.operation()),
        (Some(400), Some("cancel"))
    );
    assert_eq!(late.request_id(), Some(request.request_id.as_str()));
}

#[wasm_bindgen_test]
async fn steps_outside_their_range_are_refused_before_anything_is_sent() {
    reset().await;
    let mut input = text_input("x");
    input.num_inference_steps = Some(51);
    let error = client()
        .submit::<ProTextToVideo>(&input)
        .await
        .expect_err("refused");
    let Error::InvalidInput { fields } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (fields[0].field.as_str(), fields[0].kind.as_str()),
        ("num_inference_steps", "less_than_equal")
    );
    assert_eq!(error.to_string(), "num_inference_steps: must be 50 or less");
    assert_eq!(received("").await, Vec::<Value>::new());

    let unchecked = client()
        .endpoint::<ProTextToVideo>(&input)
        .validate(false)
        .submit()
        .await;
    assert_eq!(
        unchecked.err().and_then(|error| error.status()),
        None,
        "the emulator takes it, to fail later"
    );
    assert_eq!(received("").await.len(), 1);
}

#[wasm_bindgen_test]
async fn ids_that_cannot_be_right_are_named_and_nothing_is_sent() {
    reset().await;
    let client = client();
    let status = |endpoint: &str, id: &str| {
        let request = RequestHandle::new(endpoint, id);
        let client = client.clone();
        async move { client.status(&request).await.expect_err("refused") }
    };
    for (error, named) in [
        (status("acme/app", "../x").await, "request_id"),
        (status("https://notfal.run/a/b", "r").await, "endpoint_id"),
        (
            client
                .call("nothing", &json!({}))
                .submit()
                .await
                .expect_err("refused"),
            "endpoint_id",
        ),
        (
            client
                .call("nothing", &json!({}))
                .run()
                .await
                .expect_err("refused"),
            "endpoint_id",
        ),
    ] {
        assert!(
            matches!(error, Error::InvalidArgument { argument, .. } if argument == named),
            "{error:?}"
        );
    }
    assert_eq!(received("").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn a_submit_sends_the_bare_input_with_the_options_it_is_given() {
    reset().await;
    let input = json!({ "prompt": "é", "duration": "10s" });
    let request = client()
        .call("fal-ai/kandinsky5/text-to-video/distill", &input)
        .webhook("https://a.b")
        .priority(Priority::Low)
        .hint("warm")
        .start_timeout(Duration::from_mins(1))
        .header("x-mine", "1")
        .header("X-Fal-Queue-Priority", "normal")
        .submit()
        .await
        .expect("a handle");
    assert!(!request.request_id.is_empty());
    let requests = received("/fal-ai/kandinsky5").await;
    assert_eq!(requests[0]["method"], "POST");
    assert_eq!(
        requests[0]["target"],
        "https://queue.fal.run/fal-ai/kandinsky5/text-to-video/distill?fal_webhook=https%3A%2F%2Fa.b"
    );
    assert_eq!(requests[0]["body"], input);
    for (name, value) in [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("x-fal-queue-priority", "low"),
        ("x-fal-request-timeout", "60"),
        ("x-fal-runner-hint", "warm"),
        ("x-mine", "1"),
    ] {
        assert_eq!(requests[0]["headers"][name], value, "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_submit_without_options_has_normal_priority() {
    reset().await;
    client()
        .submit::<ProTextToVideo>(&text_input("headers"))
        .await
        .expect("a handle");
    let requests = received("/text-to-video").await;
    assert_eq!(requests[0]["headers"]["x-fal-queue-priority"], "normal");
}

/// An endpoint that the crate does not know. A Rust app would add it like this.
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
        Some(404)
    );
}

#[wasm_bindgen_test]
async fn a_status_of_another_form_is_reported() {
    reset().await;
    let request = client()
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    let id = &request.request_id;
    let body = json!({ "status": "PAUSED", "request_id": id, "response_url": "u" });
    fault(json!({ "path_contains": "/status", "times": 1, "status": 200, "body": body })).await;
    let status = client().status(&request).await.expect("a status");
    assert_eq!(
        status,
        Status::Other {
            status: "PAUSED".into(),
            body
        }
    );
}

#[wasm_bindgen_test]
async fn a_middleware_changes_requests_and_its_failure_is_the_calls() {
    reset().await;
    let gate = builder()
        .header("x-always", "1")
        .middleware(|mut request| async move {
            request.set_header("x-ticket", "7");
            Ok::<_, String>(request)
        })
        .build();
    gate.submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect("a handle");
    let requests = received("/text-to-video").await;
    assert_eq!(
        (
            &requests[0]["headers"]["x-ticket"],
            &requests[0]["headers"]["x-always"]
        ),
        (&json!("7"), &json!("1"))
    );

    reset().await;
    let shut = builder().middleware(|_| async { Err("no ticket") }).build();
    let error = shut
        .submit::<ProTextToVideo>(&text_input("x"))
        .await
        .expect_err("shut");
    assert_eq!(error.to_string(), "the middleware failed: no ticket");
    assert!(!error.job_may_exist());
    assert_eq!(received("").await, Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn the_key_goes_to_the_callers_own_proxy_and_not_where_data_leads() {
    let keyed = builder().key("id:secret").build();
    let echo = keyed
        .call("emulator/echo", &json!({}))
        .run()
        .await
        .expect("an echo");
    assert_eq!(echo.data["headers"]["authorization"], "present");
    let without = client()
        .call("emulator/echo", &json!({}))
        .run()
        .await
        .expect("an echo");
    assert_eq!(without.data["headers"]["authorization"], Value::Null);
    let broken = builder().key("two words").build();
    let error = broken
        .call("emulator/echo", &json!({}))
        .run()
        .await
        .expect_err("no key");
    assert!(
        matches!(
            error,
            Error::InvalidArgument {
                argument: "key",
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!error.to_string().contains("two"));
}

#[wasm_bindgen_test]
async fn a_run_gives_json_text_or_bytes() {
    let client = client();
    let content = |input: Value| client.call("emulator/content", &input);
    let text = content(json!({ "content_type": "text/plain", "text": "hello" }));
    assert_eq!(
        text.output::<String>().run().await.expect("a text").data,
        "hello"
    );
    let bytes = content(json!({ "content_type": "image/png", "base64": "AAEC" }));
    assert_eq!(
        bytes.output::<Vec<u8>>().run().await.expect("bytes").data,
        [0, 1, 2]
    );
    let echo = client
        .call("emulator/echo", &json!({ "a": 1, "b": "x y" }))
        .method("get")
        .run()
        .await;
    let echo = echo.expect("an echo").data;
    assert_eq!(
        (&echo["method"], &echo["query"]),
        (&json!("GET"), &json!({ "a": "1", "b": "x y" }))
    );
}

#[wasm_bindgen_test]
async fn a_key_is_sent_to_fals_own_hosts_and_to_no_other() {
    reset().await;
    let answer = "globalThis.seen = request.url + ' ' + request.headers.get('authorization');
        return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));";
    let keyed = fal_wasm::Client::with_key("id:secret");
    let input = json!({});
    let in_place = FetchInPlace::new(answer);
    keyed
        .call("acme/app", &input)
        .run()
        .await
        .expect("an answer");
    assert_eq!(
        global_text("seen"),
        "https://fal.run/acme/app Key id:secret"
    );
    for other in [
        "https://evil.example/",
        "https://notfal.run/",
        "http://fal.run/x",
    ] {
        keyed
            .call("acme/app", &input)
            .url(other)
            .stream()
            .await
            .expect("an answer");
        assert!(
            global_text("seen").ends_with(" null"),
            "{}",
            global_text("seen")
        );
        let proxied = builder().key("id:secret").build();
        proxied
            .call("acme/app", &input)
            .url(other)
            .stream()
            .await
            .expect("an answer");
        assert!(
            global_text("seen").ends_with("/proxy null"),
            "data chose the target: {}",
            global_text("seen")
        );
    }
    let insecure = fal_wasm::Client::builder()
        .proxy("http://proxy.example/")
        .key("id:secret")
        .build();
    insecure
        .call("acme/app", &input)
        .run()
        .await
        .expect("an answer");
    assert_eq!(global_text("seen"), "http://proxy.example/ null");
    drop(in_place);
}
