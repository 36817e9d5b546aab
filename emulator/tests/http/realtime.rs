//! Realtime: messages on a WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rmpv::Value as Packed;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::common::{Emulator, T2V, WebSocket, open_socket, options, status_of_refusal};

struct Socket(WebSocket);

async fn connect(emulator: &Emulator, path: &str) -> Result<Socket, Error> {
    open_socket(emulator, &format!("fal.run/{path}"))
        .await
        .map(Socket)
}

/// A connection with a valid token.
async fn open(emulator: &Emulator, more: &str) -> Socket {
    let token = emulator.token("realtime", 60.0).await;
    let path = format!("emulator/realtime?fal_jwt_token={token}{more}");
    connect(emulator, &path).await.expect("a connection")
}

/// The HTTP status of a handshake that is refused.
async fn refused_status(emulator: &Emulator, path: &str) -> u16 {
    status_of_refusal(emulator, &format!("fal.run/{path}")).await
}

impl Socket {
    async fn send(&mut self, input: &Value) {
        self.0.send(Message::binary(packed(input))).await.unwrap();
    }

    async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(Duration::from_secs(5), self.0.next()).await;
        next.expect("in time").expect("not ended").expect("whole")
    }

    /// The next result or control object except timings, and whether it was in a text frame.
    async fn object(&mut self) -> (Value, bool) {
        loop {
            let (object, is_text) = match self.next().await {
                Message::Text(text) => (serde_json::from_str(&text).unwrap(), true),
                Message::Binary(bytes) => (unpacked(&bytes), false),
                other => panic!("{other:?}"),
            };
            if object["type"] != "x-fal-message" {
                return (object, is_text);
            }
        }
    }

    async fn close(&mut self) -> CloseFrame {
        match self.next().await {
            Message::Close(Some(frame)) => frame,
            other => panic!("{other:?}"),
        }
    }
}

fn packed(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &to_packed(value)).unwrap();
    bytes
}

fn to_packed(value: &Value) -> Packed {
    match value {
        Value::Null => Packed::Nil,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| number.as_f64().unwrap().into(), Packed::from),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => Packed::Array(items.iter().map(to_packed).collect()),
        Value::Object(fields) => {
            let pair = |(name, value): (&String, &Value)| (name.as_str().into(), to_packed(value));
            Packed::Map(fields.iter().map(pair).collect())
        }
    }
}

fn unpacked(mut bytes: &[u8]) -> Value {
    let value = rmpv::decode::read_value(&mut bytes).unwrap();
    assert!(bytes.is_empty());
    // `Display` writes a value without bytes and extensions as JSON.
    serde_json::from_str(&value.to_string()).unwrap()
}

#[tokio::test]
async fn inputs_come_back_packed_and_counted_with_timings_in_between() {
    let emulator = Emulator::start().await;
    let mut socket = open(&emulator, "").await;
    let input = json!({"prompt": "Grüße", "seed": 7, "strength": 0.5});
    socket.send(&input).await;
    let (result, is_text) = socket.object().await;
    assert_eq!(result, json!({"echo": input, "count": 1, "index": 0}));
    assert!(!is_text);
    let Message::Text(timings) = socket.next().await else {
        panic!("no timings")
    };
    let timings: Value = serde_json::from_str(&timings).unwrap();
    assert_eq!(timings["action"], "timings");
    assert!(timings["timing"].is_number());

    socket.send(&json!({"results": 2, "as": "json"})).await;
    for index in 0..2 {
        let (result, is_text) = socket.object().await;
        assert_eq!(
            (&result["count"], &result["index"]),
            (&json!(2), &json!(index))
        );
        assert!(is_text);
    }
    socket.send(&json!("text")).await;
    assert_eq!(socket.object().await.0["echo"], "text");
    let text = Message::text("{\"a\":[1,true]}");
    socket.0.send(text).await.unwrap();
    assert_eq!(socket.object().await.0["echo"], json!({"a": [1, true]}));
}

#[tokio::test]
async fn bytes_come_back_as_bytes() {
    let emulator = Emulator::start().await;
    let mut socket = open(&emulator, "").await;
    let input = Packed::Map(vec![("image".into(), Packed::Binary(vec![0, 255, 7]))]);
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &input).unwrap();
    socket.0.send(Message::binary(bytes)).await.unwrap();
    let Message::Binary(bytes) = socket.next().await else {
        panic!("not binary")
    };
    let result = rmpv::decode::read_value(&mut bytes.as_ref()).unwrap();
    let echo = &result.as_map().unwrap()[0].1;
    assert_eq!(echo, &input);
}

#[tokio::test]
async fn bad_input_is_an_error_and_the_connection_goes_on() {
    let emulator = Emulator::start().await;
    let mut socket = open(&emulator, "").await;
    for message in [
        Message::binary(vec![0x92, 0x01]),
        Message::text("{"),
        Message::binary(packed(&json!({"results": "many"}))),
    ] {
        socket.0.send(message).await.unwrap();
        let (error, _) = socket.object().await;
        assert_eq!(error["type"], "x-fal-error");
        assert_eq!(error["error"], "BAD_REQUEST");
        assert!(!error["reason"].as_str().unwrap().is_empty());
    }
    socket
        .send(&json!({"error": "INTERNAL_ERROR", "reason": "on purpose"}))
        .await;
    let expected =
        json!({"type": "x-fal-error", "error": "INTERNAL_ERROR", "reason": "on purpose"});
    assert_eq!(socket.object().await.0, expected);
    socket.send(&json!({})).await;
    assert_eq!(socket.object().await.0["echo"], json!({}));
}

#[tokio::test]
async fn connections_close_as_asked_after_silence_and_when_the_caller_does() {
    let emulator = Emulator::start().await;
    let mut socket = open(&emulator, "").await;
    socket
        .send(&json!({"close": 4001, "reason": "enough"}))
        .await;
    socket.object().await;
    socket.next().await;
    let close = socket.close().await;
    assert_eq!(
        (u16::from(close.code), close.reason.as_str()),
        (4001, "enough")
    );

    let mut socket = open(&emulator, "").await;
    socket.send(&json!({"idle_ms": 50})).await;
    socket.object().await;
    let (notice, _) = socket.object().await;
    assert_eq!(
        (&notice["type"], &notice["error"]),
        (&json!("x-fal-error"), &json!("TIMEOUT"))
    );
    assert_eq!(u16::from(socket.close().await.code), 1000);

    let mut socket = open(&emulator, "").await;
    socket.0.close(None).await.unwrap();
    assert!(matches!(socket.next().await, Message::Close(_)));
}

#[tokio::test]
async fn nobody_is_let_in_without_a_good_token_or_a_key() {
    let emulator = Emulator::start().await;
    let expired = emulator.token("realtime", 0.001).await;
    let other = emulator.token("emulator/stream", 60.0).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    for query in [
        String::new(),
        "?fal_jwt_token=none".to_owned(),
        format!("?fal_jwt_token={expired}"),
        format!("?fal_jwt_token={other}"),
    ] {
        let mut socket = connect(&emulator, &format!("emulator/realtime{query}"))
            .await
            .unwrap();
        let (object, _) = socket.object().await;
        assert_eq!(object, json!({"status": "error", "error": "Unauthorized"}));
        assert_ne!(u16::from(socket.close().await.code), 1000);
    }
    let mut socket = open(&emulator, "").await;
    socket.send(&json!({"unauthorized": true})).await;
    assert_eq!(socket.object().await.0["error"], "Unauthorized");

    let token = emulator.token("emulator/realtime/realtime", 60.0).await;
    let path = format!("emulator/realtime/realtime?fal_jwt_token={token}");
    let mut socket = connect(&emulator, &path).await.unwrap();
    socket.send(&json!(1)).await;
    assert_eq!(socket.object().await.0["echo"], 1);
}

#[tokio::test]
async fn inputs_that_wait_too_many_lose_the_oldest() {
    let emulator = Emulator::start().await;
    let mut socket = open(&emulator, "&max_buffering=1").await;
    socket.send(&json!({"n": 0, "delay_ms": 200})).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    for n in 1..=3 {
        socket.send(&json!({"n": n})).await;
    }
    assert_eq!(socket.object().await.0["echo"]["n"], 0);
    assert_eq!(socket.object().await.0["echo"]["n"], 3);
    for wrong in ["0", "61", "x"] {
        let path = format!("emulator/realtime?max_buffering={wrong}");
        assert_eq!(refused_status(&emulator, &path).await, 422);
    }
}

#[tokio::test]
async fn handshakes_elsewhere_are_refused_and_faults_strike_them_and_all_are_recorded() {
    let emulator = Emulator::start().await;
    assert_eq!(
        refused_status(&emulator, &format!("{T2V}/realtime")).await,
        404
    );
    assert_eq!(refused_status(&emulator, "acme/paint/realtime").await, 404);
    let plain = emulator.get("/fal.run/emulator/realtime").await;
    assert_eq!(plain.status, 426);

    let fault = json!({"path_contains": "/realtime?", "status": 503});
    emulator.post("/api/emulator/faults", &fault).await;
    assert_eq!(
        refused_status(&emulator, "emulator/realtime?x=1").await,
        503
    );
    open(&emulator, "").await;

    let requests = emulator.requests().await;
    let last = requests.last().unwrap();
    assert_eq!(last["method"], "GET");
    assert_eq!(last["path"], "/fal.run/emulator/realtime");
    assert_eq!(last["query"], "fal_jwt_token=present");
    assert_eq!(last["service"], "run");
    assert_eq!(last["headers"]["upgrade"], "websocket");
}

#[tokio::test]
async fn a_forwarding_emulator_says_that_it_carries_no_sockets() {
    let forwarding = fal_emulator::Options {
        key: fal_emulator::Key::new("id:hush"),
        ..options()
    };
    let emulator = Emulator::with(forwarding).await;
    assert_eq!(refused_status(&emulator, "emulator/realtime").await, 501);
}

#[tokio::test]
async fn the_end_of_the_emulator_is_the_end_of_its_connections() {
    let emulator = Emulator::start().await;
    let mut socket = open(&emulator, "").await;
    emulator.server.shutdown().await;
    assert_eq!(u16::from(socket.close().await.code), 1001);
}
