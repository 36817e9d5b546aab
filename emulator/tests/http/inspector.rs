//! The inspector: access to it, its data, and its actions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use fal_emulator::{Key, Options};
use hyper::Response;
use hyper::body::Incoming;
use serde_json::{Value, json};
use url::Url;

use crate::common::{
    Emulator, PRO, PROXY, Reply, T2V, input, long_job, options, picture, piece, png,
};

const API: &str = "/inspector/api";
const ECHO: &str = "/fal.run/emulator/echo";

/// A client of the feed.
struct Feed {
    answer: Response<Incoming>,
    text: String,
}

/// An event of a feed.
#[derive(Debug)]
struct Event {
    name: String,
    id: String,
    data: Value,
}

impl Feed {
    async fn open(emulator: &Emulator, since: Option<&str>) -> Self {
        let headers: Vec<_> = since.map(|id| ("last-event-id", id)).into_iter().collect();
        let path = format!("{API}/feed");
        let answer = emulator.open("GET", &path, &headers, "").await;
        assert_eq!(answer.status(), 200);
        Self {
            answer,
            text: String::new(),
        }
    }

    /// The next event.
    async fn next(&mut self) -> Event {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines();
                    let mut found = lines.filter_map(|line| line.strip_prefix(name));
                    found.next().unwrap_or_default().to_owned()
                };
                let (name, id, data) = (field("event: "), field("id: "), field("data: "));
                let rest = rest.to_owned();
                self.text = rest;
                if !name.is_empty() {
                    let data = serde_json::from_str(&data).unwrap();
                    return Event { name, id, data };
                }
                continue;
            }
            let next = tokio::time::timeout(Duration::from_secs(30), piece(&mut self.answer));
            let piece = next.await.expect("no event came").unwrap();
            self.text
                .push_str(std::str::from_utf8(&piece.expect("the feed ended")).unwrap());
        }
    }

    /// The next event of this name for which `is_wanted` is true.
    async fn until(&mut self, name: &str, is_wanted: impl Fn(&Value) -> bool) -> Event {
        loop {
            let event = self.next().await;
            if event.name == name && is_wanted(&event.data) {
                return event;
            }
        }
    }

    /// The row of the first exchange for which `is_wanted` is true.
    async fn exchange(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.until("exchanges", |_| true).await;
            let rows = event.data["changed"].as_array().unwrap().clone();
            if let Some(row) = rows.into_iter().find(&is_wanted) {
                return row;
            }
        }
    }

    /// The job with this id, once `is_wanted` is true of it.
    async fn job(&mut self, id: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.until("jobs", |_| true).await;
            let jobs = event.data["changed"].as_array().unwrap().clone();
            let found = jobs.into_iter().find(|job| job["request_id"] == id);
            if let Some(job) = found.filter(&is_wanted) {
                return job;
            }
        }
    }
}

/// An emulator without `--control`, the default for developers.
async fn start() -> Emulator {
    Emulator::with(Options {
        control: false,
        ..options()
    })
    .await
}

/// Sends a request with the headers that a browser adds for the inspector's page.
async fn act(emulator: &Emulator, method: &str, path: &str, body: &Value) -> Reply {
    let origin = emulator.origin();
    let headers = [
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    emulator
        .send(method, &format!("{API}{path}"), &headers, body)
        .await
}

/// All kept exchanges, in full.
async fn exchanges(emulator: &Emulator) -> Vec<Value> {
    let reply = emulator.get(&format!("{API}/exchanges")).await;
    reply.json().as_array().unwrap().clone()
}

/// Waits until all exchanges have ended, and returns them.
async fn ended(emulator: &Emulator) -> Vec<Value> {
    loop {
        let all = exchanges(emulator).await;
        if all.iter().all(|exchange| !exchange["ending"].is_null()) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_ended(row: &Value) -> bool {
    row["ending"].is_string()
}

#[tokio::test]
async fn the_page_runs_under_a_strict_policy_and_is_framed_by_nobody() {
    let emulator = start().await;
    for path in ["/inspector", "/inspector/"] {
        let page = emulator.get(path).await;
        assert_eq!(page.status, 200);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "connect-src 'self';",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains("https:"),
            "{policy}"
        );
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    }
    let script = emulator.get("/inspector/main.js").await;
    let kind = script.header("content-type");
    assert_eq!(kind, Some("text/javascript; charset=utf-8"));
    assert_eq!(script.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(emulator.get("/inspector/no-such.js").await.status, 404);
    assert_eq!(emulator.get("/inspector/../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn other_pages_and_other_names_neither_see_nor_act_with_control_or_without() {
    for control in [false, true] {
        let emulator = Emulator::with(Options {
            control,
            allow_origins: vec![Url::parse("https://app.example").unwrap()],
            ..options()
        })
        .await;
        emulator.post(ECHO, &json!({"prompt": "hush"})).await;
        let port = emulator.server.address().port();
        let rebound = format!("evil.example:{port}");
        for headers in [
            &[("origin", "http://127.0.0.1:3000")][..],
            &[("origin", "https://app.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("host", rebound.as_str())],
            &[("host", "app.example")],
        ] {
            for (method, path) in [
                ("GET", "/feed"),
                ("GET", "/exchanges"),
                ("GET", "/exchanges/1"),
                ("POST", "/clear"),
                ("POST", "/faults"),
                ("DELETE", "/faults"),
                ("POST", "/deliveries/1/resend"),
                ("POST", "/jobs/1/cancel"),
            ] {
                let path = format!("{API}{path}");
                let reply = emulator.send(method, &path, headers, "{}").await;
                assert_eq!(reply.status, 403, "{method} {path} {headers:?}");
                assert!(!String::from_utf8_lossy(&reply.body).contains("hush"));
                let cors = reply.header("access-control-allow-origin");
                assert_eq!(cors, None, "{path} {headers:?}");
            }
        }
        // The answer to a preflight allows the page nothing.
        let asks = [
            ("origin", "http://127.0.0.1:3000"),
            ("access-control-request-method", "POST"),
        ];
        let preflight = emulator
            .send("OPTIONS", &format!("{API}/clear"), &asks, "")
            .await;
        assert_eq!(preflight.status, 403);
        assert_eq!(preflight.header("access-control-allow-methods"), None);
        // Without the headers of a page, a program may read, but not act.
        assert_eq!(emulator.get(&format!("{API}/exchanges")).await.status, 200);
        let acts = emulator.post(&format!("{API}/clear"), &json!({})).await;
        assert_eq!(acts.status, 403);
        assert_eq!(exchanges(&emulator).await.len(), 1);
        assert_eq!(
            act(&emulator, "POST", "/clear", &Value::Null).await.status,
            200
        );
        assert_eq!(exchanges(&emulator).await.len(), 0);
    }
}

#[tokio::test]
async fn a_request_is_shown_as_it_comes_with_its_endpoint_and_its_end() {
    let emulator = start().await;
    let mut feed = Feed::open(&emulator, None).await;
    let hello = feed.until("hello", |_| true).await;
    assert_eq!(hello.data["mode"], "emulator");
    let target = format!("https://queue.fal.run/{T2V}");
    let reply = emulator
        .proxied("POST", &target, &json!({"prompt": "a boat"}))
        .await;
    let row = feed
        .exchange(|row| row["route"] == "submit" && is_ended(row))
        .await;
    assert_eq!(row["method"], "POST");
    assert_eq!(row["path"], PROXY);
    assert_eq!(row["target"], target);
    assert_eq!(row["endpoint"], T2V);
    assert_eq!(row["status"], 200);
    assert_eq!(row["ending"], "whole");
    assert_eq!(row["request_id"], reply.json()["request_id"]);
    assert_eq!(row["request_bytes"], 19);
    assert_eq!(row["answer_bytes"], reply.body.len());
    assert!(row["answered_after_ms"].as_f64().unwrap() <= row["ended_after_ms"].as_f64().unwrap());

    // The URL of a follow-up names only the app. The full endpoint is known from the submit.
    let id = reply.json()["request_id"].as_str().unwrap().to_owned();
    emulator.completed(&id).await;
    let status = feed.exchange(|row| row["route"] == "status").await;
    assert_eq!(status["endpoint"], T2V);
    assert_eq!(status["request_id"], id);
}

#[tokio::test]
async fn the_record_holds_neither_the_page_nor_itself() {
    let emulator = start().await;
    for path in [
        "/",
        "/app.js",
        "/inspector",
        "/api/emulator",
        "/inspector/api/exchanges",
    ] {
        emulator.get(path).await;
    }
    assert_eq!(exchanges(&emulator).await, Vec::<Value>::new());
    emulator.proxied("GET", "no URL", &Value::Null).await;
    let kept = ended(&emulator).await;
    assert_eq!((kept.len(), &kept[0]["status"]), (1, &json!(400)));
}

#[tokio::test]
async fn keys_tokens_cookies_signatures_and_data_uris_are_shown_nowhere() {
    let secret = "hush-hush-hush-hush";
    let emulator = Emulator::with(Options {
        control: false,
        require_key: Key::new("some-id:hush-hush-hush-hush"),
        ..options()
    })
    .await;
    let authorization = format!("Key some-id:{secret}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("cookie", "session=hush-hush-hush-hush"),
        ("x-api-key", secret),
        ("content-type", "application/json"),
    ];
    let picture = format!("data:image/png;base64,{}", "QUJD".repeat(40));
    let body = json!({
        "image_url": picture, "api_key": secret, "note": format!("my key is {secret}"),
        // The echo returns the body also as a text, so this is JSON within JSON.
        "password": "whispered",
        "url": "https://a.example/x?X-Amz-Signature=hush-hush-hush-hush&a=1",
        "big": 12_345_678_901_234_567_890_u64,
    });
    let path = format!("{ECHO}?access_token={secret}&x=1");
    emulator
        .send("POST", &path, &headers, body.to_string())
        .await;
    let hook = "https%3A%2F%2Fa.example%2Fhook%3Fsecret%3Dhush-hush-hush-hush";
    let submit = format!("/{T2V}?fal_webhook={hook}");
    emulator
        .send("POST", &submit, &headers, "{\"prompt\":3}")
        .await;
    let ask = r#"{"allowed_apps":["a"],"token_expiration":60}"#;
    let token = emulator
        .send("POST", "/rest.fal.ai/tokens/", &headers, ask)
        .await;
    let token = token.json().as_str().unwrap().to_owned();
    let initiate = "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let upload = emulator
        .send("POST", initiate, &headers, r#"{"file_name":"a.png"}"#)
        .await;
    let upload_url = upload.json()["upload_url"].as_str().unwrap().to_owned();
    let signature = upload_url.split("signature=").nth(1).unwrap().to_owned();

    let kept = ended(&emulator).await;
    assert_eq!(kept.len(), 4);
    let mut feed = Feed::open(&emulator, None).await;
    let rows = feed.until("exchanges", |_| true).await.data;
    let jobs = feed.until("jobs", |_| true).await.data;
    let webhooks = feed.until("webhooks", |_| true).await.data;
    let shown = format!("{} {rows} {jobs} {webhooks}", json!(kept));
    for hidden in [secret, "whispered", &token, &signature, &"QUJD".repeat(40)] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }

    // Everything that is not secret is unchanged.
    let header = |name: &str| {
        let headers = kept[0]["request"]["headers"].as_array().unwrap();
        let found = headers.iter().find(|header| header[0] == name);
        found.map(|header| header[1].clone())
    };
    assert_eq!(header("authorization"), Some(json!("Key [redacted]")));
    assert_eq!(kept[0]["path"], format!("{ECHO}?access_token=redacted&x=1"));
    let text = kept[0]["request"]["body"]["text"].as_str().unwrap();
    let sent: Value = serde_json::from_str(text).expect("still JSON");
    assert_eq!(sent["image_url"], "data:image/png;base64,[160 characters]");
    assert_eq!(
        sent["url"],
        "https://a.example/x?X-Amz-Signature=redacted&a=1"
    );
    assert_eq!(sent["api_key"], "[redacted]");
    assert!(text.contains("12345678901234567890"), "{text}");
    assert_eq!(kept[3]["answer"]["body"]["bytes"], upload.body.len());
}

#[tokio::test]
async fn a_feed_is_resumed_where_it_broke_off_and_begins_anew_in_another_run() {
    let emulator = start().await;
    let mut feed = Feed::open(&emulator, None).await;
    emulator.post(ECHO, &json!({"n": 1})).await;
    let told = feed
        .until("exchanges", |data| is_ended(&data["changed"][0]))
        .await;
    let (row, known) = (told.data["changed"][0].clone(), told.id);
    drop(feed);
    emulator.post(ECHO, &json!({"n": 2})).await;
    ended(&emulator).await;

    let mut resumed = Feed::open(&emulator, Some(&known)).await;
    let missed = resumed.until("exchanges", |_| true).await;
    let rows = missed.data["changed"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_ne!(rows[0]["id"], row["id"]);
    assert_eq!(missed.data["oldest"], row["id"]);

    // A feed that was paused by hand, and one with the number of another run.
    let paused = emulator
        .open("GET", &format!("{API}/feed?since={known}"), &[], "")
        .await;
    let mut paused = Feed {
        answer: paused,
        text: String::new(),
    };
    let rows = paused.until("exchanges", |_| true).await;
    assert_eq!(rows.data["changed"].as_array().unwrap().len(), 1);
    let number = known.split('.').nth(1).unwrap();
    let mut other = Feed::open(&emulator, Some(&format!("another.{number}"))).await;
    let rows = other.until("exchanges", |_| true).await;
    assert_eq!(rows.data["changed"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_record_is_bounded_and_what_is_gone_is_told() {
    let emulator = start().await;
    for n in 0..1010 {
        emulator.get(&format!("/a/b/requests/{n}/status")).await;
    }
    let kept = ended(&emulator).await;
    assert_eq!(kept.len(), 1000);
    let mut feed = Feed::open(&emulator, None).await;
    let rows = feed.until("exchanges", |_| true).await.data;
    assert_eq!(rows["changed"].as_array().unwrap().len(), 1000);
    assert_eq!(rows["oldest"], 11);
    assert_eq!(
        emulator.get(&format!("{API}/exchanges/10")).await.status,
        404
    );
    assert_eq!(
        emulator.get(&format!("{API}/exchanges/11")).await.status,
        200
    );
    act(&emulator, "POST", "/clear", &Value::Null).await;
    let cleared = feed.until("exchanges", |data| data["oldest"] == 1011).await;
    assert_eq!(cleared.data["changed"], json!([]));
}

#[tokio::test]
async fn of_large_bodies_the_beginning_is_kept_and_of_media_a_reference() {
    let emulator = start().await;
    let large = json!({"prompt": "x".repeat(200_000)});
    emulator.post(ECHO, &large).await;
    let file = png(&picture(64, 64));
    let initiate = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    let upload = emulator
        .post(initiate, &json!({"file_name": "a.png"}))
        .await
        .json();
    let headers = [("content-type", "image/png")];
    let place = upload["upload_url"].as_str().unwrap();
    emulator.send("PUT", place, &headers, file.clone()).await;
    let url = upload["file_url"].as_str().unwrap();
    emulator.get(url).await;

    let kept = ended(&emulator).await;
    let echo = &kept[0]["request"]["body"];
    assert_eq!(
        (echo["bytes"].as_u64(), &echo["is_cut"]),
        (Some(200_013), &json!(true))
    );
    assert_eq!(echo["text"].as_str().unwrap().len(), 64 << 10);
    let path = Url::parse(url).unwrap().path().to_owned();
    for (exchange, side) in [(&kept[2], "request"), (&kept[3], "answer")] {
        assert_eq!(exchange["file"], path);
        let body = &exchange[side]["body"];
        assert_eq!(body["bytes"], file.len());
        assert_eq!(body.get("text"), None);
        assert!(
            body["first_bytes"]
                .as_str()
                .unwrap()
                .starts_with("89 50 4e 47")
        );
    }
    assert_eq!(kept[3]["ending"], "whole");

    // Showing the file is not recorded, and a removed file is not shown.
    let shown = emulator.get(&format!("/inspector{path}")).await;
    assert_eq!((shown.status.as_u16(), &shown.body[..]), (200, &file[..]));
    assert_eq!(
        shown.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    assert_eq!(exchanges(&emulator).await.len(), 4);
    std::fs::remove_dir_all(emulator.server.data().join("files")).unwrap();
    assert_eq!(emulator.get(&format!("/inspector{path}")).await.status, 404);
}

#[tokio::test]
async fn every_end_of_a_request_has_its_name() {
    let emulator = Emulator::start().await;
    let fault = |fault: Value| {
        let emulator = &emulator;
        async move { emulator.post("/api/emulator/faults", &fault).await }
    };
    fault(json!({"close": true, "path_contains": "/n1/"})).await;
    assert!(
        emulator
            .try_send("GET", "/a/b/requests/n1/status", &[], "")
            .await
            .is_none()
    );
    let cut = json!({"rules": [{"route": "result", "fault": {"truncate": true}}]});
    emulator
        .send("PUT", "/api/emulator/fault-plan", &[], cut.to_string())
        .await;
    assert!(
        emulator
            .try_send("GET", "/a/b/requests/n2", &[], "")
            .await
            .is_none()
    );
    emulator.get("/a/b/requests/n3/status").await;
    emulator
        .send("HEAD", "/a/b/requests/n4/status", &[], "")
        .await;
    let patient = json!({"delay_ms": 60_000});
    let left = tokio::time::timeout(Duration::from_millis(500), emulator.post(ECHO, &patient));
    assert!(left.await.is_err());

    let kept = ended(&emulator).await;
    let endings: Vec<_> = kept
        .iter()
        .map(|it| it["ending"].as_str().unwrap())
        .collect();
    assert_eq!(endings, ["dropped", "cut", "whole", "whole", "left"]);
    let struck: Vec<_> = kept.iter().map(|it| it["is_struck"] == true).collect();
    assert_eq!(struck, [true, true, false, false, false]);
}

#[tokio::test]
async fn a_job_is_shown_with_its_place_its_log_and_its_result_and_is_cancelled() {
    let emulator = Emulator::with(Options {
        concurrency: 1,
        control: false,
        ..options()
    })
    .await;
    let working = emulator.submit(T2V, &long_job()).await;
    let waiting = emulator.submit(T2V, &long_job()).await;
    let mut feed = Feed::open(&emulator, None).await;
    let job = feed.job(&waiting, |_| true).await;
    assert_eq!(
        (&job["status"], &job["ahead"]),
        (&json!("IN_QUEUE"), &json!(0))
    );
    let third = emulator.submit(T2V, &long_job()).await;
    feed.job(&third, |job| job["ahead"] == 1).await;
    let cancel = format!("/jobs/{waiting}/cancel");
    assert_eq!(
        act(&emulator, "POST", &cancel, &Value::Null).await.status,
        202
    );
    let done = feed.job(&waiting, |job| job["status"] == "COMPLETED").await;
    assert_eq!(done["error_type"], "client_cancelled");
    assert_eq!(
        act(&emulator, "POST", &cancel, &Value::Null).await.status,
        400
    );
    assert_eq!(
        act(&emulator, "POST", "/jobs/none/cancel", &Value::Null)
            .await
            .status,
        404
    );
    act(
        &emulator,
        "POST",
        &format!("/jobs/{third}/cancel"),
        &Value::Null,
    )
    .await;
    act(
        &emulator,
        "POST",
        &format!("/jobs/{working}/cancel"),
        &Value::Null,
    )
    .await;
    feed.job(&working, |job| job["status"] == "COMPLETED").await;

    let told = json!({"logs": ["warming up", "token=abc"], "prompt": "hello"});
    let echo = emulator.submit("emulator/echo", &told).await;
    feed.job(&echo, |job| job["status"] == "COMPLETED").await;
    let detail = emulator.get(&format!("{API}/jobs/{echo}")).await.json();
    assert_eq!(detail["logs"][0]["message"], "warming up");
    assert_eq!(detail["result_status"], 200);
    let result = detail["result"]["text"].as_str().unwrap();
    let result: Value = serde_json::from_str(result).unwrap();
    assert_eq!(result["body"]["prompt"], "hello");
    assert_eq!(emulator.get(&format!("{API}/jobs/none")).await.status, 404);
}

#[tokio::test]
async fn files_are_shown_with_their_end_also_those_that_nobody_may_read() {
    let emulator = start().await;
    let mut feed = Feed::open(&emulator, None).await;
    assert_eq!(feed.until("files", |_| true).await.data, json!([]));
    let life = r#"{"expiration_duration_seconds":600,"initial_acl":{"default":"hide"}}"#;
    let headers = [
        ("content-type", "application/json"),
        ("x-fal-object-lifecycle", life),
    ];
    let initiate = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    let upload = emulator
        .send("POST", initiate, &headers, r#"{"file_name":"hidden.png"}"#)
        .await
        .json();
    let place = upload["upload_url"].as_str().unwrap();
    emulator.send("PUT", place, &[], png(&picture(8, 8))).await;
    let files = feed.until("files", |files| files[0].is_object()).await.data;
    assert_eq!(files[0]["content_type"], "image/png");
    assert_eq!(files[0]["access"], "hide");
    let left =
        files[0]["expires_at_ms"].as_u64().unwrap() - files[0]["stored_ms"].as_u64().unwrap();
    assert!((590_000..=600_000).contains(&left), "{left}");
    let path = files[0]["path"].as_str().unwrap();
    assert_eq!(emulator.get(path).await.status, 404);
    assert_eq!(emulator.get(&format!("/inspector{path}")).await.status, 200);
}

async fn hook(State(answer): State<Arc<AtomicU16>>) -> StatusCode {
    StatusCode::from_u16(answer.load(Ordering::SeqCst)).unwrap()
}

/// A receiver of webhooks. Returns its URL, and the status of its answers, which a test can change.
async fn receiver(status: u16) -> (String, Arc<AtomicU16>) {
    let answer = Arc::new(AtomicU16::new(status));
    let router = Router::new().fallback(hook).with_state(Arc::clone(&answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?secret=hush", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, answer)
}

async fn submit_with_webhook(emulator: &Emulator, webhook: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(webhook.as_bytes()).collect();
    let path = format!("/queue.fal.run/emulator/echo?fal_webhook={query}");
    let reply = emulator.post(&path, &json!({"prompt": "tell me"})).await;
    reply.json()["request_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_webhook_is_shown_with_its_attempts_and_sent_again_until_it_is_taken() {
    let emulator = start().await;
    let mut feed = Feed::open(&emulator, None).await;
    let (url, answer) = receiver(503).await;
    let request_id = submit_with_webhook(&emulator, &url).await;
    let waiting = feed
        .until("webhooks", |all| all[0]["stage"] == "waiting")
        .await;
    let delivery = &waiting.data[0];
    assert_eq!(delivery["request_id"], request_id);
    let shown = delivery["url"].as_str().unwrap();
    assert!(shown.ends_with("/hook?secret=redacted"), "{shown}");
    let problem = delivery["attempts"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("503"), "{problem}");
    assert!(delivery["next_ms"].as_u64().is_some());

    let resend = format!("/deliveries/{}/resend", delivery["id"]);
    assert_eq!(
        act(&emulator, "POST", &resend, &Value::Null).await.status,
        202
    );
    let failed = feed
        .until("webhooks", |all| all[0]["attempts"][1].is_object())
        .await;
    assert_eq!(failed.data[0]["stage"], "waiting", "the schedule goes on");
    assert_eq!(failed.data[0]["attempts"][1]["is_by_hand"], true);
    answer.store(200, Ordering::SeqCst);
    act(&emulator, "POST", &resend, &Value::Null).await;
    let taken = feed
        .until("webhooks", |all| all[0]["stage"] == "delivered")
        .await;
    let attempts = taken.data[0]["attempts"].as_array().unwrap();
    let last = attempts.last().unwrap();
    assert_eq!(
        (&last["problem"], &last["is_by_hand"]),
        (&Value::Null, &json!(true))
    );

    let detail = emulator
        .get(&format!("{API}/deliveries/{}", delivery["id"]))
        .await;
    let body: Value =
        serde_json::from_str(detail.json()["body"]["text"].as_str().unwrap()).unwrap();
    assert_eq!(body["request_id"], request_id);
    assert_eq!(body["payload"]["body"]["prompt"], "tell me");
    let none = act(&emulator, "POST", "/deliveries/99/resend", &Value::Null).await;
    assert_eq!(none.status, 404);
}

fn bench(endpoint: &str, times: u32, fault: &Value) -> Value {
    json!({"seed": 7, "rules": [{
        "route": "any", "endpoint": endpoint, "times": times, "together": true, "fault": fault,
    }]})
}

#[tokio::test]
async fn a_fault_of_the_bench_strikes_the_next_calls_of_its_endpoint_and_is_shown() {
    let emulator = start().await;
    let mut feed = Feed::open(&emulator, None).await;
    let unavailable = json!({"kind": "service_unavailable"});
    let added = act(
        &emulator,
        "POST",
        "/faults",
        &bench("emulator/echo", 2, &unavailable),
    )
    .await;
    assert_eq!(added.status, 201);
    let id = added.json()["id"].clone();
    let other = emulator
        .post(&format!("/fal.run/{T2V}"), &json!({"prompt": 3}))
        .await;
    assert_eq!(other.status, 422, "another endpoint");
    let direct = emulator.post(ECHO, &json!({})).await;
    let proxied = emulator
        .proxied("POST", "https://queue.fal.run/emulator/echo", &json!({}))
        .await;
    assert_eq!(
        (direct.status.as_u16(), proxied.status.as_u16()),
        (503, 503)
    );
    assert_eq!(emulator.post(ECHO, &json!({})).await.status, 200);
    let shown = feed
        .until("faults", |faults| faults["switches"][0]["calls"] == 3)
        .await
        .data;
    assert_eq!(shown["switches"][0]["struck"], 2);
    assert_eq!(shown["switches"][0]["seed"], 7);
    let struck: Vec<_> = ended(&emulator)
        .await
        .iter()
        .map(|it| it["is_struck"] == true)
        .collect();
    assert_eq!(struck, [false, true, true, false]);

    // Switching the fault off and on resets its counts. A removed fault strikes no calls.
    let path = format!("/faults/{id}");
    act(&emulator, "PUT", &path, &json!({"is_on": false})).await;
    act(&emulator, "PUT", &path, &json!({"is_on": true})).await;
    assert_eq!(emulator.post(ECHO, &json!({})).await.status, 503);
    assert_eq!(
        act(&emulator, "DELETE", &path, &Value::Null).await.status,
        200
    );
    assert_eq!(emulator.post(ECHO, &json!({})).await.status, 200);
    assert_eq!(
        act(&emulator, "DELETE", &path, &Value::Null).await.status,
        404
    );
    let wrong = act(&emulator, "PUT", &path, &json!({"on": 1})).await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_calls() {
    let struck = async |seed: u64| -> Vec<bool> {
        let emulator = start().await;
        let plan = json!({"seed": seed, "rules": [{
            "route": "run", "probability": 0.5, "together": true, "fault": {"html": true},
        }]});
        act(&emulator, "POST", "/faults", &plan).await;
        let mut struck = Vec::new();
        for _ in 0..24 {
            let answer = emulator.post(ECHO, &json!({})).await;
            struck.push(answer.header("content-type") == Some("text/html; charset=utf-8"));
        }
        struck
    };
    let first = struck(42).await;
    assert!(first.contains(&true) && first.contains(&false));
    assert_eq!(first, struck(42).await);
    assert_ne!(first, struck(43).await);
}

#[tokio::test]
async fn a_fault_that_cannot_be_followed_is_refused_in_words() {
    let emulator = start().await;
    for (plan, part) in [
        (json!({}), "rules"),
        (bench("nobody", 1, &json!({"html": true})), "endpoint"),
        (bench("a/b", 1, &json!({"cut_after": 1})), "event streams"),
        (bench("a/b", 0, &json!({"html": true})), "times"),
    ] {
        let reply = act(&emulator, "POST", "/faults", &plan).await;
        assert_eq!(reply.status, 422, "{plan}");
        assert!(reply.detail().contains(part), "{}", reply.detail());
    }
}

#[tokio::test]
async fn an_export_finds_all_that_an_archive_needs() {
    let emulator = start().await;
    let headers = [("content-type", "application/json"), ("x-mine", "1")];
    emulator
        .send("POST", &format!("{ECHO}?a=b"), &headers, "{\"n\": 1.50}")
        .await;
    let kept = ended(&emulator).await;
    let exchange = &kept[0];
    assert!(exchange["at_ms"].as_u64().unwrap() > 1_700_000_000_000);
    assert_eq!(exchange["path"], format!("{ECHO}?a=b"));
    assert_eq!(exchange["request"]["body"]["text"], "{\"n\": 1.50}");
    assert_eq!(
        exchange["request"]["body"]["content_type"],
        "application/json"
    );
    let sent = exchange["request"]["headers"].as_array().unwrap();
    assert!(sent.contains(&json!(["x-mine", "1"])), "{sent:?}");
    assert_eq!(exchange["answer"]["reason"], "OK");
    let got = exchange["answer"]["headers"].as_array().unwrap();
    assert!(
        got.contains(&json!(["content-type", "application/json"])),
        "{got:?}"
    );
    let text = exchange["answer"]["body"]["text"].as_str().unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(text).unwrap()["method"],
        "POST"
    );
}

#[tokio::test]
async fn in_forward_mode_what_was_spent_is_shown_by_endpoint_and_counted_once() {
    let upstream = start().await;
    let proxy = Emulator::with(Options {
        key: Key::new("id:hush-hush-hush"),
        upstream: Some(Url::parse(&upstream.origin()).unwrap()),
        control: false,
        ..options()
    })
    .await;
    let mut feed = Feed::open(&proxy, None).await;
    let hello = feed.until("hello", |_| true).await;
    assert_eq!(hello.data["mode"], "forward");
    let submit = format!("https://queue.fal.run/{T2V}");
    let id = proxy
        .proxied("POST", &submit, &json!({"prompt": "a boat"}))
        .await;
    let id = id.json()["request_id"].as_str().unwrap().to_owned();
    upstream.completed(&id).await;
    let result = format!("https://queue.fal.run/{PRO}/requests/{id}");
    for _ in 0..3 {
        assert_eq!(
            proxy.proxied("GET", &result, &Value::Null).await.status,
            200
        );
    }
    let spent = feed.until("spent", |spent| spent[0].is_object()).await.data;
    assert_eq!(spent[0]["endpoint"], T2V);
    assert_eq!(spent[0]["requests"], 1);
    assert!(spent[0]["units"].as_f64().unwrap() > 0.0);
    assert!(!format!("{spent} {}", json!(exchanges(&proxy).await)).contains("hush"));
    let policy = proxy.get("/inspector").await;
    let policy = policy.header("content-security-policy").unwrap();
    assert!(
        policy.contains("img-src 'self' https://*.fal.media"),
        "{policy}"
    );
}

#[tokio::test]
async fn nobody_who_watches_holds_the_emulator_up() {
    let emulator = start().await;
    // Pages that read nothing delay only their own feeds, and not the calls.
    let feeds = [
        Feed::open(&emulator, None).await,
        Feed::open(&emulator, None).await,
    ];
    for n in 0..200 {
        let body = json!({"n": n, "text": "x".repeat(2000)});
        assert_eq!(emulator.post(ECHO, &body).await.status, 200);
    }
    assert_eq!(ended(&emulator).await.len(), 200);
    let mut feed = feeds.into_iter().next().unwrap();
    let seen = feed.until("exchanges", |data| {
        data["changed"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["id"] == 200)
    });
    seen.await;
    emulator.post(&format!("/{T2V}"), &input("x")).await;
    emulator.server.shutdown().await;
}
