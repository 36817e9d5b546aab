//! The emulator's own streaming endpoint, which sends the events of a script.

use std::time::{Duration, Instant};

use hyper::Response;
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::common::{Emulator, Reply, events, piece};

const STREAM: &str = "/fal.run/emulator/stream/stream";

async fn stream(emulator: &Emulator, script: &Value) -> Reply {
    let reply = emulator.post(STREAM, script).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply
}

async fn open(emulator: &Emulator, script: &Value) -> Response<Incoming> {
    let headers = [("content-type", "application/json")];
    emulator
        .open("POST", STREAM, &headers, script.to_string())
        .await
}

#[tokio::test]
async fn events_come_in_order_by_either_path_and_by_get() {
    let emulator = Emulator::start().await;
    let script = json!({"events": 2});
    for reply in [
        stream(&emulator, &script).await,
        emulator.post("/fal.run/emulator/stream", &script).await,
        emulator.get("/fal.run/emulator/stream?events=2").await,
        emulator
            .proxied("POST", "https://fal.run/emulator/stream/stream", &script)
            .await,
    ] {
        assert_eq!(
            reply.header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        assert!(reply.header("x-fal-request-id").is_some());
        let told: Vec<_> = events(&reply.body)
            .iter()
            .map(|event| event["index"].clone())
            .collect();
        assert_eq!(told, [0, 1]);
    }
}

#[tokio::test]
async fn falsy_values_and_bursts_arrive_whole() {
    let emulator = Emulator::start().await;
    let falsy = json!([0, false, "", null]);
    let reply = stream(&emulator, &json!({"values": falsy})).await;
    assert_eq!(json!(events(&reply.body)), falsy);
    let began = Instant::now();
    let burst = stream(&emulator, &json!({"events": 5000})).await;
    let burst = events(&burst.body);
    assert_eq!((burst.len(), &burst[4999]["index"]), (5000, &json!(4999)));
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn characters_are_split_over_pieces_and_nothing_is_lost() {
    let emulator = Emulator::start().await;
    let script = json!({"values": ["ü世🎬"], "split_utf8": true});
    let mut response = open(&emulator, &script).await;
    let (mut broken, mut all) = (0, Vec::new());
    while let Some(piece) = piece(&mut response).await.unwrap() {
        broken += usize::from(std::str::from_utf8(&piece).is_err());
        all.extend_from_slice(&piece);
    }
    assert!(broken > 0);
    assert_eq!(events(&all), ["ü世🎬"]);
}

#[tokio::test]
async fn a_stall_is_silence_and_a_cut_is_no_end() {
    let emulator = Emulator::start().await;
    let mut stalled = open(&emulator, &json!({"events": 3, "stall_after": 2})).await;
    let first = piece(&mut stalled).await.unwrap().unwrap();
    assert_eq!(events(&first).len(), 2);
    let silence = tokio::time::timeout(Duration::from_millis(300), piece(&mut stalled)).await;
    assert!(silence.is_err());

    let short = json!({"events": 3, "stall_after": 2, "stall_ms": 50});
    assert_eq!(events(&stream(&emulator, &short).await.body).len(), 3);

    for (script, whole) in [
        (json!({"events": 3, "cut_after": 2}), 2),
        (json!({"events": 3, "cut_after": 3}), 3),
    ] {
        let mut cut = open(&emulator, &script).await;
        let mut all = Vec::new();
        let ended = loop {
            match piece(&mut cut).await {
                Ok(Some(piece)) => all.extend_from_slice(&piece),
                Ok(None) => break "well",
                Err(_) => break "cut",
            }
        };
        assert_eq!((ended, events(&all).len()), ("cut", whole));
    }
}

#[tokio::test]
async fn comments_fill_waits_and_lines_end_as_asked() {
    let emulator = Emulator::start().await;
    let script = json!({"events": 2, "delay_ms": 100, "comment_every": 20, "crlf": true});
    let reply = stream(&emulator, &script).await;
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(text.matches(": ping\r\n\r\n").count() >= 2, "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let open_end = json!({"values": [1], "last_without_blank_line": true});
    assert_eq!(stream(&emulator, &open_end).await.body, "data: 1\n");
    let malformed = json!({"values": [1], "malformed_after": 0, "event_name": "x"});
    let text = "event: x\ndata: {\"index\": \n\nevent: x\ndata: 1\n\n";
    assert_eq!(stream(&emulator, &malformed).await.body, text);
}

#[tokio::test]
async fn streams_may_be_bytes_or_errors() {
    let emulator = Emulator::start().await;
    let script = json!({"binary": true, "events": 3, "chunk_bytes": 100});
    let audio = stream(&emulator, &script).await;
    assert_eq!(audio.header("content-type"), Some("audio/mpeg"));
    assert_eq!(audio.body.len(), 300);
    assert!((0..300).all(|at| usize::from(audio.body[at]) == at % 251));

    let error = json!({"status": 422, "body": {"detail": "no"}});
    let reply = emulator.post(STREAM, &error).await;
    assert_eq!(
        (reply.status.as_u16(), reply.detail().as_str()),
        (422, "no")
    );
    for wrong in [
        json!({"evnets": 2}),
        json!({"events": 9_000_000}),
        json!({"status": 20}),
        json!({"comment_every": 0}),
        json!({"content_type": "a\nb"}),
    ] {
        assert_eq!(emulator.post(STREAM, &wrong).await.status, 422, "{wrong}");
    }
}
