//! Requests for parts of files by RFC 9110 §14.

use fal_emulator::Options;
use serde_json::json;

use crate::common::{Emulator, Reply, options};

const FILE: &str = "0123456789";

async fn upload(emulator: &Emulator, bytes: &'static str) -> String {
    let initiate = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    let begun = emulator.post(initiate, &json!({})).await.json();
    let put = begun["upload_url"].as_str().unwrap();
    assert_eq!(emulator.send("PUT", put, &[], bytes).await.status, 200);
    begun["file_url"].as_str().unwrap().to_owned()
}

fn text(reply: &Reply) -> (u16, &str) {
    (
        reply.status.as_u16(),
        std::str::from_utf8(&reply.body).unwrap(),
    )
}

#[tokio::test]
async fn ranges_that_are_to_be_ignored_are_answered_with_the_whole_file() {
    let emulator = Emulator::start().await;
    let url = upload(&emulator, FILE).await;
    for range in [
        "items=0-1",
        "bytes",
        "bytes=",
        "bytes=x-y",
        "bytes=5-3",
        "bytes=0-1-2",
        "bytes=0-1,x",
        "bytes=0-1,4-5",
        "bytes=0-5,3-9",
    ] {
        let reply = emulator.send("GET", &url, &[("range", range)], "").await;
        assert_eq!(text(&reply), (200, FILE), "{range}");
        assert_eq!(reply.header("content-range"), None, "{range}");
    }
    let head = emulator
        .send("HEAD", &url, &[("range", "bytes=0-1")], "")
        .await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), Some("10"));
}

#[tokio::test]
async fn one_range_of_bytes_is_answered_with_that_part_however_it_is_written() {
    let emulator = Emulator::start().await;
    let url = upload(&emulator, FILE).await;
    for (range, part, place) in [
        ("bytes=0-1", "01", "bytes 0-1/10"),
        ("BYTES=0-1", "01", "bytes 0-1/10"),
        ("bytes= 2-3 ,", "23", "bytes 2-3/10"),
        ("bytes=8-", "89", "bytes 8-9/10"),
        ("bytes=8-99999999999999999999999", "89", "bytes 8-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-99", FILE, "bytes 0-9/10"),
        ("bytes=-99999999999999999999999", FILE, "bytes 0-9/10"),
    ] {
        let reply = emulator.send("GET", &url, &[("range", range)], "").await;
        assert_eq!(text(&reply), (206, part), "{range}");
        assert_eq!(reply.header("content-range"), Some(place), "{range}");
    }
    for range in ["bytes=10-", "bytes=99999999999999999999999-", "bytes=-0"] {
        let reply = emulator.send("GET", &url, &[("range", range)], "").await;
        assert_eq!(text(&reply), (416, ""), "{range}");
        assert_eq!(reply.header("content-range"), Some("bytes */10"), "{range}");
    }
}

#[tokio::test]
async fn an_empty_file_has_no_part_and_is_served_whole() {
    let emulator = Emulator::start().await;
    let url = upload(&emulator, "").await;
    for range in ["bytes=0-", "bytes=0-0", "bytes=-5", "items=0-1"] {
        let reply = emulator.send("GET", &url, &[("range", range)], "").await;
        assert_eq!(text(&reply), (200, ""), "{range}");
    }
}

#[tokio::test]
async fn a_part_is_given_only_of_the_file_that_its_reader_has() {
    let emulator = Emulator::start().await;
    let url = upload(&emulator, FILE).await;
    let whole = emulator.get(&url).await;
    let part = async |validator: &str| {
        let headers = [("range", "bytes=0-1"), ("if-range", validator)];
        emulator.send("GET", &url, &headers, "").await
    };
    for name in ["etag", "last-modified"] {
        let validator = whole.header(name).unwrap();
        assert_eq!(text(&part(validator).await), (206, "01"), "{name}");
    }
    let weak = format!("W/{}", whole.header("etag").unwrap());
    for other in [
        "\"other\"",
        weak.as_str(),
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "x",
    ] {
        assert_eq!(text(&part(other).await), (200, FILE), "{other}");
    }
}

#[tokio::test]
async fn the_pages_files_keep_to_the_same_rules() {
    let www = std::env::temp_dir().join(format!("fal-ranges-{}", std::process::id()));
    std::fs::create_dir_all(&www).unwrap();
    std::fs::write(www.join("a.js"), FILE).unwrap();
    let emulator = Emulator::with(Options {
        www: Some(www.clone()),
        ..options()
    })
    .await;
    for (range, expected) in [
        ("items=0-1", (200, FILE)),
        ("bytes=0-1,4-5", (200, FILE)),
        ("bytes=0-1", (206, "01")),
        ("bytes=-99", (206, FILE)),
    ] {
        let reply = emulator.send("GET", "/a.js", &[("range", range)], "").await;
        assert_eq!(text(&reply), expected, "{range}");
    }
    std::fs::remove_dir_all(www).unwrap();
}
