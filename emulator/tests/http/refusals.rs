//! Requests that models and routes refuse, including hostile ones.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::common::{Emulator, I2V, T2V, data_uri, follow_up, input, picture, png};

/// Runs a job with this picture, and returns the only entry in the `detail` of its 422.
async fn refusal(emulator: &Emulator, image_url: &str) -> Value {
    let result = emulator.run(I2V, &input(image_url)).await;
    assert_eq!(result.status, 422, "{result:?}");
    assert_eq!(result.header("x-fal-needs-retry"), Some("0"));
    let detail = result.json()["detail"].clone();
    assert_eq!(detail.as_array().unwrap().len(), 1);
    assert_eq!(detail[0]["loc"], json!(["body", "image_url"]));
    detail[0].clone()
}

#[tokio::test]
async fn invalid_input_is_taken_and_refused_on_the_result() {
    let emulator = Emulator::start().await;
    let id = emulator.submit(I2V, &json!({"seed": 1.5})).await;
    let status = emulator.completed(&id).await;
    assert!(
        status["error"]
            .as_str()
            .unwrap()
            .contains("prompt: Field required")
    );
    assert_eq!(status.get("error_type"), None);

    let result = emulator.get(&follow_up(&id, "")).await;
    assert_eq!(result.status, 422);
    assert_eq!(result.header("x-fal-billable-units"), Some("0"));
    let detail = result.json()["detail"].clone();
    assert_eq!(
        detail[0],
        json!({
            "loc": ["body", "prompt"],
            "msg": "Field required",
            "type": "missing",
            "input": {"seed": 1.5},
            "url": "https://docs.fal.ai/errors/#missing",
        })
    );
    assert_eq!(detail[1]["loc"], json!(["body", "image_url"]));
    assert_eq!(detail[2]["type"], "int_type");
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_at_once() {
    let emulator = Emulator::start().await;
    for (body, kind) in [
        ("", "missing"),
        ("[1]", "dict_type"),
        ("{\"prompt\":", "json_invalid"),
        ("\u{0}", "json_invalid"),
        (&"[".repeat(100_000), "json_invalid"),
    ] {
        let reply = emulator
            .send("POST", &format!("/{T2V}"), &[], body.to_owned())
            .await;
        assert_eq!(reply.status, 422);
        assert_eq!(reply.json()["detail"][0]["type"], kind);
    }
}

#[tokio::test]
async fn what_is_no_image_cannot_be_loaded() {
    let emulator = Emulator::start().await;
    for url in [
        data_uri(b"just text"),
        data_uri(b""),
        "data:image/png;base64,!!!".to_owned(),
        "data:image/png".to_owned(),
        "data:text/html,<script>alert(1)</script>".to_owned(),
        data_uri(&png(&picture(60, 40))[..60]),
    ] {
        let refusal = refusal(&emulator, &url).await;
        assert_eq!(refusal["type"], "image_load_error", "{url}");
        assert_eq!(
            refusal["url"],
            "https://docs.fal.ai/errors/#image_load_error"
        );
        assert_eq!(refusal["input"], url);
    }
}

#[tokio::test]
async fn formats_that_are_not_read_are_told_from_those_that_are() {
    let emulator = Emulator::start().await;
    let formats = json!(["jpeg", "png", "webp", "gif"]);
    let bmp = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0";
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
    for head in [&bmp[..], avif] {
        let refusal = refusal(&emulator, &data_uri(head)).await;
        assert_eq!(refusal["type"], "unsupported_image_format");
        assert_eq!(refusal["ctx"], json!({"supported_formats": formats}));
    }
}

/// A PNG that claims to be 50,000 pixels square.
fn bomb() -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(50_000_u32.to_be_bytes());
    header.extend(50_000_u32.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let crc = crc32(&header);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(header);
    png.extend(crc.to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[tokio::test]
async fn an_image_of_unreasonable_size_is_refused_by_its_header() {
    let emulator = Emulator::start().await;
    let refusal = refusal(&emulator, &data_uri(&bomb())).await;
    assert_eq!(refusal["type"], "image_too_large");
    assert_eq!(
        refusal["ctx"],
        json!({"max_height": 10_000, "max_width": 10_000})
    );
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused() {
    let emulator = Emulator::start().await;
    let refusal = refusal(&emulator, &data_uri(&vec![0; (20 << 20) + 1])).await;
    assert_eq!(refusal["type"], "file_too_large");
    assert_eq!(refusal["ctx"], json!({"max_size": 20 << 20}));
    assert!(refusal["input"].as_str().unwrap().len() < 400);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_by_what_it_announces_and_by_what_it_sends() {
    let emulator = Emulator::start().await;
    let head = format!("POST /{T2V} HTTP/1.1\r\nhost: localhost\r\n");
    let announced = format!("{head}content-length: 2147483648\r\n\r\n{{");
    let answer = emulator.raw(&announced).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");

    let mut sent = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let megabyte = "x".repeat(1 << 20);
    for _ in 0..33 {
        let _ = write!(sent, "100000\r\n{megabyte}\r\n");
    }
    let answer = emulator.raw(&sent).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_host_header_that_is_no_host_gets_no_urls() {
    let emulator = Emulator::start().await;
    for host in [
        "",
        "a b",
        "evil@good",
        "x/y",
        "<b>",
        "h:99999",
        "a\r\nhost: b",
    ] {
        let request =
            format!("POST /{T2V} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}");
        let answer = emulator.raw(&request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{host}: {answer}");
    }
    // The server still answers.
    assert_eq!(emulator.get("/api/emulator").await.status, 200);
}
