//! Uploads and files: signed uploads are accepted, and stored files are served so that they can do no harm.

use serde_json::{Value, json};

use crate::common::{Emulator, picture, png};

const INITIATE: &str = "/storage/upload/initiate?storage_type=fal-cdn-v3";

async fn initiate(emulator: &Emulator, name: &str) -> (String, String) {
    let file = json!({"content_type": "image/png", "file_name": name});
    let reply = emulator.post(INITIATE, &file).await;
    assert_eq!(reply.status, 200);
    let url = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
    (url("upload_url"), url("file_url"))
}

async fn uploaded(emulator: &Emulator, name: &str, bytes: Vec<u8>) -> String {
    let (upload_url, file_url) = initiate(emulator, name).await;
    let put = emulator.send("PUT", &upload_url, &[], bytes).await;
    assert_eq!(put.status, 200);
    file_url
}

#[tokio::test]
async fn an_upload_is_served_as_it_was_sent() {
    let emulator = Emulator::start().await;
    let bytes = png(&picture(60, 40));
    let url = uploaded(&emulator, "in.png", bytes.clone()).await;
    let file = emulator.get(&url).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.body, bytes);
    assert_eq!(file.header("content-type"), Some("image/png"));
    assert_eq!(
        file.header("cache-control"),
        Some("public, max-age=5184000, immutable")
    );
    // Also without an origin: a browser may keep the answer to an image, and give it to a `fetch` later.
    assert_eq!(file.header("access-control-allow-origin"), Some("*"));
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(file.header("content-security-policy"), Some("sandbox"));
    assert_eq!(file.header("content-disposition"), None);

    let head = emulator.send("HEAD", &url, &[], "").await;
    assert_eq!(head.status, 200);
    assert_eq!(
        head.header("content-length"),
        Some(bytes.len().to_string().as_str())
    );
    let etag = file.header("etag").unwrap();
    let cached = emulator
        .send("GET", &url, &[("if-none-match", etag)], "")
        .await;
    assert_eq!(cached.status, 304);
}

#[tokio::test]
async fn urls_are_on_the_origin_the_caller_used() {
    let emulator = Emulator::start().await;
    let (upload_url, file_url) = initiate(&emulator, "a.png").await;
    assert!(file_url.starts_with(&format!("{}/files/b/", emulator.origin())));
    assert!(file_url.ends_with("_a.png"));
    assert!(upload_url.starts_with(&format!("{file_url}?")));

    let port = emulator.server.address().port();
    let url = format!("http://localhost:{port}{INITIATE}");
    let reply = emulator.post(&url, &json!({})).await.json();
    let origin = format!("http://localhost:{port}/");
    assert!(reply["file_url"].as_str().unwrap().starts_with(&origin));
}

#[tokio::test]
async fn nothing_is_stored_without_its_signature() {
    let emulator = Emulator::start().await;
    let (upload_url, file_url) = initiate(&emulator, "a.png").await;
    let (_, other) = initiate(&emulator, "b.png").await;
    let (_, query) = upload_url.split_once('?').unwrap();
    for url in [
        file_url.clone(),
        format!("{other}?{query}"),
        format!("{file_url}?{}", query.replace("expires=", "expires=9")),
        format!("{file_url}?expires=9999999999&signature=00"),
    ] {
        let put = emulator.send("PUT", &url, &[], "bytes").await;
        assert_eq!(put.status, 403, "{url}");
    }
    assert_eq!(emulator.get(&file_url).await.status, 404);
    assert_eq!(
        emulator.send("DELETE", &file_url, &[], "").await.status,
        403
    );
    assert_eq!(emulator.send("POST", &file_url, &[], "").await.status, 405);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let emulator = Emulator::start().await;
    let (upload_url, file_url) = initiate(&emulator, "a.png").await;
    let path = upload_url.strip_prefix(&emulator.origin()).unwrap();
    {
        use tokio::io::AsyncWriteExt;
        let mut stream = tokio::net::TcpStream::connect(emulator.server.address())
            .await
            .unwrap();
        let head = format!("PUT {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    }
    emulator.nothing_comes_in().await;
    assert_eq!(emulator.get(&file_url).await.status, 404);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_by_what_it_announces_and_by_what_it_sends() {
    let emulator = Emulator::start().await;
    let (upload_url, _) = initiate(&emulator, "a.bin").await;
    let path = upload_url.strip_prefix(&emulator.origin()).unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nhost: x\r\n");
    let answer = emulator
        .raw(&format!("{head}content-length: 2147483648\r\n\r\nx"))
        .await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");

    let chunk = format!("6400001\r\n{}\r\n", "x".repeat((100 << 20) + 1));
    let answer = emulator
        .raw(&format!("{head}transfer-encoding: chunked\r\n\r\n{chunk}"))
        .await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    emulator.nothing_comes_in().await;
}

#[tokio::test]
async fn hostile_names_stay_within_the_folder() {
    let emulator = Emulator::start().await;
    for name in [
        "../../../etc/passwd",
        "..\\..\\boot.ini",
        "a\0b.png",
        "\r\nset-cookie: x=1.png",
        "<img src=x onerror=alert(1)>.png",
        "名前.png",
        "",
        &"n".repeat(10_000),
    ] {
        let url = uploaded(&emulator, name, b"bytes".to_vec()).await;
        assert!(url.is_ascii() && url.len() < 200, "{url}");
        assert_eq!(emulator.get(&url).await.body, "bytes");
    }
    for path in [
        "/files/b/../../Cargo.toml",
        "/files/b/01234567/%2e%2e%2f%2e%2e%2fx",
        "/files/..%2f..%2fetc/passwd",
        "/files/",
        "/files/b/01234567/0123456789abcdef01234567_../x",
    ] {
        assert_eq!(emulator.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn nothing_that_runs_is_served_as_such() {
    let emulator = Emulator::start().await;
    for (name, bytes) in [
        ("x.html", "<script>alert(1)</script>"),
        (
            "x.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("x.js", "alert(1)"),
        ("x.xhtml", "<html/>"),
        ("x", "anything"),
    ] {
        let url = uploaded(&emulator, name, bytes.into()).await;
        let file = emulator.get(&url).await;
        assert_eq!(
            file.header("content-type"),
            Some("application/octet-stream"),
            "{name}"
        );
        assert_eq!(file.header("content-disposition"), Some("attachment"));
        assert_eq!(file.header("content-security-policy"), Some("sandbox"));
    }
}

#[tokio::test]
async fn what_neither_bytes_nor_name_tell_the_sender_may() {
    let emulator = Emulator::start().await;
    for (sent, served) in [
        ("audio/flac", "audio/flac"),
        ("application/json", "application/json"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
    ] {
        let (upload_url, file_url) = initiate(&emulator, "blob").await;
        let headers = [("content-type", sent)];
        let put = emulator.send("PUT", &upload_url, &headers, "bytes").await;
        assert_eq!(put.status, 200);
        let file = emulator.get(&file_url).await;
        assert_eq!(file.header("content-type"), Some(served));
    }
}

#[tokio::test]
async fn what_the_service_does_not_have_is_told() {
    let emulator = Emulator::start().await;
    for query in ["", "?storage_type=gcs", "?storage_type=fal-cdn"] {
        let reply = emulator
            .post(&format!("/storage/upload/initiate{query}"), &json!({}))
            .await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json(), json!({"detail": "Invalid storage type"}));
    }
    assert_eq!(emulator.post(INITIATE, &Value::Null).await.status, 422);
    assert_eq!(emulator.get(INITIATE).await.status, 405);
}
