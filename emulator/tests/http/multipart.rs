//! Uploads in parts: parts in any order become one file, and missing parts are reported.

use serde_json::{Value, json};

use crate::common::{Emulator, Reply};

const INITIATE: &str = "/rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3";

/// An upload that was begun.
struct Upload {
    path: String,
    query: String,
    file_url: String,
}

impl Upload {
    async fn begin(emulator: &Emulator) -> Self {
        let file = json!({"content_type": "video/x-test", "file_name": "long.bin"});
        let reply = emulator.post(INITIATE, &file).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let url = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
        let upload_url = url("upload_url");
        let (path, query) = upload_url
            .split_once('?')
            .expect("a signature in the query");
        Self {
            path: path.to_owned(),
            query: query.to_owned(),
            file_url: url("file_url"),
        }
    }

    fn url(&self, step: &str) -> String {
        format!("{}{step}?{}", self.path, self.query)
    }

    /// Sends a part, and returns its entry in the list of parts.
    async fn part(&self, emulator: &Emulator, number: u32, bytes: &[u8]) -> Value {
        let reply = self.put(emulator, number, bytes).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    async fn put(&self, emulator: &Emulator, number: u32, bytes: &[u8]) -> Reply {
        let url = self.url(&format!("/{number}"));
        let headers = [("origin", "https://app.example")];
        emulator.send("PUT", &url, &headers, bytes.to_vec()).await
    }

    async fn complete(&self, emulator: &Emulator, parts: &Value) -> Reply {
        let list = json!({ "parts": parts });
        emulator.post(&self.url("/complete"), &list).await
    }
}

#[tokio::test]
async fn parts_sent_and_listed_in_any_order_become_one_file() {
    let emulator = Emulator::start().await;
    let upload = Upload::begin(&emulator).await;
    let three = upload.part(&emulator, 3, b"ghi").await;
    let one = upload.part(&emulator, 1, b"wrong").await;
    // A part that is sent again replaces the first.
    let again = upload.part(&emulator, 1, b"abc").await;
    assert_ne!(one["etag"], again["etag"]);
    let two = upload.part(&emulator, 2, b"def").await;
    assert_eq!(emulator.get(&upload.file_url).await.status, 404);

    let parts = json!([three, again, two]);
    let reply = upload.complete(&emulator, &parts).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["access_url"], upload.file_url);

    let headers = [("range", "bytes=2-4"), ("origin", "https://app.example")];
    let range = emulator.send("GET", &upload.file_url, &headers, "").await;
    assert_eq!((range.status.as_u16(), &range.body[..]), (206, &b"cde"[..]));
    assert_eq!(range.header("content-range"), Some("bytes 2-4/9"));
    assert_eq!(range.header("content-type"), Some("video/x-test"));
    assert!(range.header("access-control-allow-origin").is_some());
    emulator.nothing_comes_in().await;

    // A client may repeat the call if the first answer was lost.
    assert_eq!(upload.complete(&emulator, &parts).await.status, 200);
    let other = upload.complete(&emulator, &json!([parts[1]])).await;
    assert_eq!(other.status, 400);
    assert!(other.detail().contains("completed already"));
    assert_eq!(upload.put(&emulator, 4, b"late").await.status, 400);
    assert_eq!(emulator.get(&upload.file_url).await.body, "abcdefghi");
}

#[tokio::test]
async fn a_part_tells_its_etag_in_the_body_and_in_a_header_that_pages_can_read() {
    let emulator = Emulator::start().await;
    let upload = Upload::begin(&emulator).await;
    let reply = upload.put(&emulator, 1, b"abc").await;
    let etag = reply.json()["etag"].as_str().unwrap().to_owned();
    assert_eq!(reply.json(), json!({"partNumber": 1, "etag": etag}));
    assert_eq!(reply.header("etag"), Some(format!("\"{etag}\"").as_str()));
    let exposed = reply.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("etag"), "{exposed}");

    // A tag is accepted with and without quotes.
    let quoted = json!([{"partNumber": 1, "etag": reply.header("etag")}]);
    assert_eq!(upload.complete(&emulator, &quoted).await.status, 200);
}

#[tokio::test]
async fn a_list_that_is_not_what_was_sent_completes_nothing() {
    let emulator = Emulator::start().await;
    let upload = Upload::begin(&emulator).await;
    let one = upload.part(&emulator, 1, b"abc").await;
    let two = upload.part(&emulator, 2, b"def").await;
    let three = json!({"partNumber": 3, "etag": "00"});
    let forged = json!({"partNumber": 2, "etag": "00"});
    for (parts, told) in [
        (json!([]), "empty"),
        (json!([one, one]), "each part once"),
        (json!([two, one, two]), "each part once"),
        (json!([one, two, three]), "Part 3 was not sent"),
        (json!([one, forged]), "etag of part 2"),
        (json!([{"partNumber": 1}]), "etag"),
        (Value::Null, "parts"),
    ] {
        let reply = upload.complete(&emulator, &parts).await;
        assert_eq!(reply.status, 400, "{parts}");
        assert!(reply.detail().contains(told), "{parts}: {}", reply.detail());
    }
    assert_eq!(emulator.get(&upload.file_url).await.status, 404);
    let parts = json!([one, two]);
    assert_eq!(upload.complete(&emulator, &parts).await.status, 200);
}

#[tokio::test]
async fn a_part_that_the_list_leaves_out_is_missing_in_the_file() {
    let emulator = Emulator::start().await;
    for (listed, bytes) in [(&[0, 1][..], "abcdef"), (&[0, 2], "abcghi"), (&[2], "ghi")] {
        let upload = Upload::begin(&emulator).await;
        let mut parts = Vec::new();
        for (number, part) in (1..).zip([b"abc", b"def", b"ghi"]) {
            parts.push(upload.part(&emulator, number, part).await);
        }
        let list: Vec<_> = listed.iter().map(|index| parts[*index].clone()).collect();
        let completed = upload.complete(&emulator, &json!(list)).await;
        assert_eq!(completed.status, 200, "{completed:?}");
        assert_eq!(emulator.get(&upload.file_url).await.body, bytes);
    }
}

#[tokio::test]
async fn parts_that_cannot_be_right_are_refused() {
    let emulator = Emulator::start().await;
    let upload = Upload::begin(&emulator).await;
    let empty = upload.put(&emulator, 1, b"").await;
    assert_eq!(empty.status, 400);
    assert!(empty.detail().contains("empty"));
    for number in [0, 10_001] {
        assert_eq!(upload.put(&emulator, number, b"a").await.status, 400);
    }
    let url = upload.url("/1");
    let path = url.strip_prefix(&emulator.origin()).unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 104857601\r\n\r\nx");
    let answer = emulator.raw(&head).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    emulator.nothing_comes_in().await;
}

#[tokio::test]
async fn the_number_goes_before_the_query_and_the_signature_is_checked() {
    let emulator = Emulator::start().await;
    let upload = Upload::begin(&emulator).await;
    let other = Upload::begin(&emulator).await;
    let Upload { path, query, .. } = &upload;
    for (method, url) in [
        ("PUT", format!("{path}?{query}/1")),
        ("PUT", format!("{path}/1")),
        ("PUT", format!("{}/1?{query}", other.path)),
        ("POST", format!("{path}/complete")),
    ] {
        let reply = emulator.send(method, &url, &[], "abc").await;
        assert_eq!(reply.status, 403, "{method} {url}");
    }
    let whole = emulator.send("PUT", &upload.url(""), &[], "abc").await;
    assert_eq!(whole.status, 400);
    assert!(whole.detail().contains("/{number}"));
    assert_eq!(
        emulator.post(&upload.url("/1"), &json!({})).await.status,
        405
    );
    assert_eq!(
        emulator
            .send("PUT", &upload.url("/complete"), &[], "")
            .await
            .status,
        405
    );
    assert_eq!(emulator.get(INITIATE).await.status, 405);
}

#[tokio::test]
async fn an_upload_in_one_piece_takes_no_parts() {
    let emulator = Emulator::start().await;
    let initiate = INITIATE.replace("initiate-multipart", "initiate");
    let reply = emulator
        .post(&initiate, &json!({"file_name": "a"}))
        .await
        .json();
    let (path, query) = reply["upload_url"]
        .as_str()
        .unwrap()
        .split_once('?')
        .unwrap();
    let part = emulator
        .send("PUT", &format!("{path}/1?{query}"), &[], "abc")
        .await;
    assert_eq!(part.status, 400);
    assert!(part.detail().contains("begun in one piece"));
    let list = json!({"parts": []});
    let complete = emulator
        .post(&format!("{path}/complete?{query}"), &list)
        .await;
    assert_eq!(complete.status, 400);
}
