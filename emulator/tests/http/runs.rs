//! HTTP over a WebSocket: each text frame is a run.

use std::time::Duration;

use fal_emulator::{Key, Options};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::common::{Emulator, T2V, WebSocket, open_socket, options, status_of_refusal};

struct Socket(WebSocket);

/// The answer to one run.
#[derive(Debug)]
struct Answer {
    start: Value,
    body: Vec<Message>,
    end: Value,
}

async fn connect(emulator: &Emulator, path: &str) -> Result<Socket, Error> {
    open_socket(emulator, &format!("ws.fal.run/{path}"))
        .await
        .map(Socket)
}

/// The HTTP status of a handshake that is refused.
async fn refused_status(emulator: &Emulator, path: &str) -> u16 {
    status_of_refusal(emulator, &format!("ws.fal.run/{path}")).await
}

impl Socket {
    async fn send(&mut self, input: &Value) {
        self.0
            .send(Message::text(input.to_string()))
            .await
            .expect("sent");
    }

    async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(Duration::from_secs(30), self.0.next()).await;
        next.expect("in time").expect("not ended").expect("whole")
    }

    /// The frames of an answer, up to its end.
    async fn answer(&mut self) -> Answer {
        let start = object(&self.next().await).expect("a start");
        let mut body = Vec::new();
        loop {
            let frame = self.next().await;
            match object(&frame) {
                Some(end) if end["type"] == "end" => return Answer { start, body, end },
                _ => body.push(frame),
            }
        }
    }
}

fn object(frame: &Message) -> Option<Value> {
    match frame {
        Message::Text(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

#[tokio::test]
async fn each_frame_is_a_run_and_its_answer_comes_in_frames_in_turn() {
    let emulator = Emulator::start().await;
    let mut socket = connect(&emulator, "emulator/echo").await.expect("open");
    for seed in [1, 2] {
        socket.send(&json!({ "seed": seed })).await;
    }
    let mut ids = Vec::new();
    for seed in [1, 2] {
        let Answer { start, body, end } = socket.answer().await;
        assert_eq!(
            (&start["type"], &start["status"]),
            (&json!("start"), &json!(200))
        );
        assert_eq!(start["headers"]["content-type"], "application/json");
        let echo = object(&body[0]).expect("JSON in a text frame");
        assert_eq!(echo["text"], json!({ "seed": seed }).to_string());
        assert_eq!(
            (&end["request_id"], &end["status"]),
            (&start["request_id"], &json!(200))
        );
        assert!(end["time_to_first_byte_seconds"].is_f64());
        ids.push(start["request_id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn what_a_run_refuses_is_in_the_start_and_the_body_and_the_next_frame_runs() {
    let emulator = Emulator::start().await;
    let mut socket = connect(&emulator, T2V).await.expect("open");
    socket.send(&json!({ "prompt": 3 })).await;
    let refused = socket.answer().await;
    assert_eq!(refused.start["status"], 422);
    let body = object(&refused.body[0]).expect("JSON");
    assert_eq!(body["detail"][0]["loc"], json!(["body", "prompt"]));

    socket.send(&json!({ "prompt": "dusk" })).await;
    let made = socket.answer().await;
    assert_eq!(made.start["status"], 200, "{made:?}");
    assert_eq!(made.start["headers"]["x-fal-billable-units"], "1");
    let url = object(&made.body[0]).expect("JSON")["video"]["url"].clone();
    assert_eq!(emulator.get(url.as_str().expect("a URL")).await.status, 200);
}

#[tokio::test]
async fn events_come_frame_by_frame_and_bytes_as_bytes() {
    let emulator = Emulator::start().await;
    let events = json!({ "events": 2, "delay_ms": 50 });
    let mut socket = connect(&emulator, "emulator/stream").await.expect("open");
    socket.send(&events).await;
    let streamed = socket.answer().await;
    let kind = &streamed.start["headers"]["content-type"];
    assert_eq!(*kind, "text/event-stream; charset=utf-8");
    assert!(streamed.body.len() >= 2, "{streamed:?}");

    let mut socket = connect(&emulator, "emulator/content").await.expect("open");
    socket
        .send(&json!({ "content_type": "image/png", "text": "bytes" }))
        .await;
    let bytes = socket.answer().await;
    assert_eq!(bytes.body, [Message::binary("bytes")]);
}

#[tokio::test]
async fn a_handshake_needs_an_app_and_a_socket_and_the_key_where_one_is_needed() {
    let emulator = Emulator::start().await;
    assert_eq!(refused_status(&emulator, "acme/paint").await, 404);
    let plain = emulator.get(&format!("/ws.fal.run/{T2V}")).await;
    assert_eq!(plain.status, 426);
    let mut socket = connect(&emulator, T2V).await.expect("open");
    let sent = socket.0.send(Message::binary("{}")).await;
    sent.expect("sent");
    let Message::Close(Some(frame)) = socket.next().await else {
        panic!("no close")
    };
    assert_eq!(u16::from(frame.code), 1003);

    let keyed = Emulator::with(Options {
        require_key: Key::new("id:secret"),
        ..options()
    })
    .await;
    assert_eq!(refused_status(&keyed, T2V).await, 401);
    assert_eq!(
        refused_status(&keyed, &format!("{T2V}?fal_jwt_token=made.up.token")).await,
        401
    );
}
