//! Uploads straight to the CDN, in the steps of the Python client.

use std::time::Duration;

use fal_emulator::{Options, PublicUrls};
use serde_json::{Value, json};

use crate::common::{Emulator, I2V, options, picture, png};

const TOKEN: &str = "/rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3";

/// The `Authorization` header and the base URL for direct uploads.
async fn token(emulator: &Emulator) -> (String, String) {
    let reply = emulator.post(TOKEN, &json!({})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let token = reply.json();
    assert_eq!(token["token_type"], "Bearer");
    for time in ["created_at", "expires_at"] {
        let time = token[time].as_str().unwrap();
        assert!(time.ends_with("+00:00") && time.contains('T'), "{time}");
    }
    let authorization = format!("Bearer {}", token["token"].as_str().unwrap());
    (
        authorization,
        token["base_url"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn a_file_is_sent_in_one_piece_with_a_token() {
    let emulator = Emulator::start().await;
    let (authorization, base) = token(&emulator).await;
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "audio/flac"),
        ("x-fal-file-name", "a.flac"),
    ];
    for url in [
        format!("{base}/files/upload"),
        "/v3.fal.media/files/upload".to_owned(),
    ] {
        let reply = emulator.send("POST", &url, &headers, "bytes").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.json()["uploaded"], true);
        let file = reply.json()["access_url"].as_str().unwrap().to_owned();
        assert!(file.ends_with("_a.flac"), "{file}");
        let served = emulator.get(&file).await;
        assert_eq!(served.body, "bytes");
        assert_eq!(served.header("content-type"), Some("audio/flac"));
    }
}

#[tokio::test]
async fn a_file_is_sent_in_parts_with_a_token() {
    let emulator = Emulator::start().await;
    let (authorization, base) = token(&emulator).await;
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-fal-file-name", "long.bin"),
    ];
    let begin = format!("{base}/files/upload/multipart");
    let upload = emulator.send("POST", &begin, &headers, "").await.json();
    let (file, id) = (
        upload["access_url"].as_str().unwrap(),
        upload["uploadId"].as_str().unwrap(),
    );

    let mut parts: Vec<Value> = Vec::new();
    for (number, bytes) in [(1, "abc"), (2, "def")] {
        let url = format!("{file}/multipart/{id}/{number}");
        let part = emulator.send("PUT", &url, &headers, bytes).await;
        assert_eq!(part.status, 200, "{part:?}");
        // The Python client reads the tag from the header, and keeps its quotes.
        parts.push(json!({"partNumber": number, "etag": part.header("etag")}));
    }
    let list = json!({ "parts": parts }).to_string();
    let complete = format!("{file}/multipart/{id}/complete");
    let done = emulator.send("POST", &complete, &headers, list).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(emulator.get(file).await.body, "abcdef");
}

#[tokio::test]
async fn nothing_is_taken_without_a_token_of_this_emulator() {
    let emulator = Emulator::start().await;
    let (foreign, _) = token(&Emulator::start().await).await;
    let (own, _) = token(&emulator).await;
    let headers = [("authorization", own.as_str())];
    let begin = "/files/upload/multipart";
    let upload = emulator.send("POST", begin, &headers, "").await.json();
    let file = upload["access_url"].as_str().unwrap();
    let id = upload["uploadId"].as_str().unwrap();
    for authorization in ["", "Bearer ", "Key id:secret", foreign.as_str()] {
        let headers = [("authorization", authorization)];
        for (method, url) in [
            ("POST", "/files/upload".to_owned()),
            ("POST", begin.to_owned()),
            ("PUT", format!("{file}/multipart/{id}/1")),
            ("POST", format!("{file}/multipart/{id}/complete")),
        ] {
            let reply = emulator.send(method, &url, &headers, "bytes").await;
            assert_eq!(reply.status, 401, "{method} {url} {authorization}");
        }
    }
    let wrong = format!("{file}/multipart/00/1");
    assert_eq!(
        emulator.send("PUT", &wrong, &headers, "bytes").await.status,
        404
    );
    assert_eq!(
        emulator
            .post("/storage/auth/token?storage_type=gcs", &json!({}))
            .await
            .status,
        400
    );
    assert_eq!(emulator.get(TOKEN).await.status, 405);
}

#[tokio::test]
async fn urls_in_answers_are_fals_own_where_that_is_asked_for() {
    let emulator = Emulator::with(Options {
        public_urls: PublicUrls::Fal,
        ..options()
    })
    .await;
    // Leads fal's hosts to the emulator, as such a client's `fetch` does.
    let here = |url: &Value| {
        let path = url.as_str().unwrap().strip_prefix("https:/");
        path.unwrap_or_else(|| panic!("{url}")).to_owned()
    };
    let asked = json!({"content_type": "image/png", "file_name": "in.png"});
    let initiate = "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let place = emulator.post(initiate, &asked).await.json();
    let sent = emulator
        .send(
            "PUT",
            &here(&place["upload_url"]),
            &[],
            png(&picture(60, 40)),
        )
        .await;
    assert_eq!(sent.status, 200, "{sent:?}");

    // No request leaves the machine: the file is the emulator's own.
    let input = json!({"prompt": "dusk", "image_url": place["file_url"]});
    let request = emulator
        .post(&format!("/queue.fal.run/{I2V}"), &input)
        .await
        .json();
    let answer = loop {
        let status = emulator.get(&here(&request["status_url"])).await.json();
        if status["status"] == "COMPLETED" {
            break emulator.get(&here(&request["response_url"])).await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(answer.status, 200, "{answer:?}");
    let url = answer.json()["video"]["url"].clone();
    assert!(
        url.as_str()
            .unwrap()
            .starts_with("https://v3.fal.media/files/"),
        "{url}"
    );
    assert_eq!(emulator.get(&here(&url)).await.status, 200);
}
