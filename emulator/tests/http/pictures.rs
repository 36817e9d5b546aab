//! Pictures by URL, which are loaded from the web, but not from this machine's own network.

use std::sync::Arc;

use fal_emulator::Options;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::common::{Emulator, I2V, input, options, picture, png};

/// A web server on loopback that gives every request the same answer. `{origin}` in the head is replaced by its own
/// origin.
async fn web(head: &str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let head = head.replace("{origin}", &origin);
    let answer = [
        format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").as_bytes(),
        &body,
    ]
    .concat();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    origin
}

async fn open() -> Emulator {
    Emulator::with(Options {
        allow_private_hosts: true,
        ..options()
    })
    .await
}

async fn refusal(emulator: &Emulator, url: &str) -> Value {
    let result = emulator.run(I2V, &input(url)).await;
    assert_eq!(result.status, 422, "{url}");
    result.json()["detail"][0].clone()
}

#[tokio::test]
async fn private_addresses_are_not_fetched() {
    let emulator = Emulator::start().await;
    let web = web("200 OK", png(&picture(60, 40))).await;
    let port = web.rsplit(':').next().unwrap();
    for url in [
        web.clone(),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "not a url".to_owned(),
        String::new(),
    ] {
        let refusal = refusal(&emulator, &url).await;
        assert_eq!(refusal["type"], "file_download_error", "{url}");
        assert_eq!(refusal["loc"][1], "image_url");
    }
}

#[tokio::test]
async fn with_leave_a_picture_is_fetched_from_anywhere() {
    let emulator = open().await;
    let web = web("200 OK", png(&picture(60, 40))).await;
    for url in [web.clone(), web.replace("127.0.0.1", "localhost")] {
        let result = emulator.run(I2V, &input(&url)).await;
        assert_eq!(result.status, 200, "{url}");
    }
}

#[tokio::test]
async fn for_pages_of_other_origins_no_leave_is_given() {
    let emulator = open().await;
    let web = web("200 OK", png(&picture(60, 40))).await;
    let place = format!("/fal.run/{I2V}");
    for (headers, status) in [
        ([("origin", "https://evil.example")], 422),
        ([("sec-fetch-site", "cross-site")], 422),
        ([("sec-fetch-site", "same-origin")], 200),
    ] {
        let body = input(&web).to_string();
        let reply = emulator.send("POST", &place, &headers, body).await;
        assert_eq!(reply.status, status, "{headers:?}: {reply:?}");
    }
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_looked_at_each_time() {
    let emulator = open().await;
    let end = web("200 OK", b"no image, but it came".to_vec()).await;
    let moved = web(&format!("302 Found\r\nlocation: {end}/x"), Vec::new()).await;
    assert_eq!(refusal(&emulator, &moved).await["type"], "image_load_error");

    let round = web("302 Found\r\nlocation: {origin}/again", Vec::new()).await;
    let refused = refusal(&emulator, &round).await;
    assert_eq!(refused["type"], "file_download_error");
    assert!(refused["msg"].as_str().unwrap().contains("redirects"));

    let elsewhere = web("302 Found\r\nlocation: file:///etc/passwd", Vec::new()).await;
    let refused = refusal(&emulator, &elsewhere).await;
    assert_eq!(refused["type"], "file_download_error");
}

#[tokio::test]
async fn what_the_web_does_wrong_is_told() {
    let emulator = open().await;
    let missing = web("404 Not Found", Vec::new()).await;
    let refused = refusal(&emulator, &missing).await;
    assert_eq!(refused["type"], "file_download_error");
    assert!(refused["msg"].as_str().unwrap().contains("404"));

    let huge = web("200 OK\r\ncontent-length: 2147483648", Vec::new()).await;
    assert_eq!(refusal(&emulator, &huge).await["type"], "file_too_large");

    let endless = web("200 OK", vec![0; (20 << 20) + 1]).await;
    assert_eq!(refusal(&emulator, &endless).await["type"], "file_too_large");

    let gone = "http://127.0.0.1:9/".to_owned();
    assert_eq!(
        refusal(&emulator, &gone).await["type"],
        "file_download_error"
    );
}

#[tokio::test]
async fn the_emulators_own_files_need_no_network() {
    let emulator = Emulator::start().await;
    let port = emulator.server.address().port();
    for url in [
        format!(
            "{}/files/b/01234567/0123456789abcdef01234567_gone.png",
            emulator.origin()
        ),
        format!("http://localhost:{port}/files/../../etc/passwd"),
        format!("http://127.0.0.1:{port}/no/such/page.png"),
    ] {
        let refused = refusal(&emulator, &url).await;
        assert_eq!(refused["type"], "file_download_error");
        let why = refused["msg"].as_str().unwrap();
        assert!(why.contains("the emulator has no file"), "{why}");
    }
}

#[tokio::test]
async fn a_forged_host_leads_to_no_other_machine() {
    let emulator = Emulator::start().await;
    let web = web("200 OK", png(&picture(60, 40))).await;
    let host = web.strip_prefix("http://").unwrap();
    let body = input(&format!("{web}/x.png")).to_string();
    let headers = [("host", host)];
    let reply = emulator
        .send("POST", &format!("/{I2V}"), &headers, body)
        .await;
    let id = reply.json()["request_id"].as_str().unwrap().to_owned();
    let status = emulator.completed(&id).await;
    let error = status["error"].as_str().unwrap();
    assert!(error.contains("the emulator has no file"), "{error}");
}
