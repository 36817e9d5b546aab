//! The headers of every answer, which keep browsers from running scripts in it.

use fal_emulator::Options;
use serde_json::json;

use crate::common::{Emulator, PRO, PROXY, Reply, T2V, options};

/// A script that would call the proxy with the emulator's own origin.
const SCRIPT: &str = "%3Cscript%3Efetch('/api/fal/proxy')%3C/script%3E";

fn assert_harmless(reply: &Reply, place: &str) {
    let header = |name| reply.header(name);
    assert_eq!(
        header("content-security-policy"),
        Some("sandbox"),
        "{place}"
    );
    assert_eq!(header("x-content-type-options"), Some("nosniff"), "{place}");
}

#[tokio::test]
async fn whatever_is_not_a_file_of_a_page_is_sandboxed() {
    let emulator = Emulator::start().await;
    let initiate = "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let body = json!({"file_name": "a.html", "content_type": "text/html"});
    let file = emulator.post(initiate, &body).await.json();
    let upload = file["upload_url"].as_str().unwrap();
    let html = [("content-type", "text/html")];
    emulator
        .send("PUT", upload, &html, "<script>1</script>")
        .await;
    let id = emulator.submit(T2V, &json!({"prompt": 3})).await;

    let content = format!("/fal.run/emulator/content?content_type=text/html&text={SCRIPT}");
    let stream = "/fal.run/emulator/stream?content_type=text/html&binary=true";
    let request = format!("/{PRO}/requests/{id}");
    for (method, place, status) in [
        ("GET", &*content, 200),
        ("HEAD", &content, 200),
        ("GET", stream, 200),
        ("GET", "/fal.run/emulator/stream", 200),
        ("GET", "/fal.run/emulator/echo?a=%3Cscript%3E", 200),
        ("POST", "/fal.run/acme/none", 404),
        ("GET", file["file_url"].as_str().unwrap(), 200),
        ("GET", &request, 422),
        ("GET", &format!("{request}/status"), 200),
        ("GET", &format!("{request}/status/stream"), 200),
        ("GET", "/no/such/page.html", 404),
        ("GET", "/api/emulator", 200),
        ("GET", "/api/emulator/requests", 200),
        ("GET", "/api/nothing", 404),
        ("GET", PROXY, 400),
        ("BREW", PROXY, 405),
        ("OPTIONS", PROXY, 204),
    ] {
        let reply = emulator.send(method, place, &[], "").await;
        assert_eq!(reply.status, status, "{method} {place}");
        assert_harmless(&reply, place);
    }
}

#[tokio::test]
async fn a_fault_acts_on_no_origin_either() {
    let emulator = Emulator::start().await;
    let fault = json!({
        "status": 200,
        "body": "<script>1</script>",
        "headers": {
            "content-type": "text/html",
            "set-cookie": "a=1",
            "service-worker-allowed": "/",
            "clear-site-data": "\"*\"",
            "x-fal-error-type": "chosen",
        },
    });
    let queued = emulator.post("/api/emulator/faults", &fault).await;
    assert_eq!(queued.status, 200);
    let reply = emulator.get("/index.html").await;
    assert_eq!(reply.body, "<script>1</script>");
    assert_harmless(&reply, "a fault");
    assert_eq!(reply.header("x-fal-error-type"), Some("chosen"));
    for name in ["set-cookie", "service-worker-allowed", "clear-site-data"] {
        assert_eq!(reply.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_large_body_does_not_hide_a_refusal() {
    let emulator = Emulator::with(Options {
        key: fal_emulator::Key::new("id:secret"),
        ..options()
    })
    .await;
    let headers = [
        ("x-fal-target-url", "https://queue.fal.run/a/b"),
        ("origin", "https://evil.example"),
    ];
    let body = vec![b'x'; 4 << 20];
    let reply = emulator.send("POST", PROXY, &headers, body).await;
    assert_eq!(reply.status, 403);
    assert!(reply.detail().contains("--allow-origin"));
}
