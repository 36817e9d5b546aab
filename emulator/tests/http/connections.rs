//! The time limits of connections, and the limit on their number.

use std::time::{Duration, Instant};

use fal_emulator::{ConnectionLimits, Options};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Emulator, T2V, follow_up, long_job, options, piece};

const PATIENCE: Duration = Duration::from_secs(30);

fn brief() -> ConnectionLimits {
    ConnectionLimits {
        head: Duration::from_millis(300),
        silence: Duration::from_secs(1),
        keep_alive: Duration::from_millis(800),
        most: 100,
    }
}

/// Longer than every limit of `brief`.
const LONG: Duration = Duration::from_secs(2);

async fn emulator(connections: ConnectionLimits) -> Emulator {
    Emulator::with(Options {
        connections,
        ..options()
    })
    .await
}

async fn connect(emulator: &Emulator) -> TcpStream {
    TcpStream::connect(emulator.server.address()).await.unwrap()
}

/// Reads until the other side closes.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let read = async {
        let mut piece = vec![0; 65536];
        // A reset connection counts as closed, too.
        while let Ok(read @ 1..) = stream.read(&mut piece).await {
            all.extend_from_slice(&piece[..read]);
        }
    };
    let ended = tokio::time::timeout(PATIENCE, read).await;
    ended.expect("the connection is closed");
    all
}

/// Reads the head of an answer.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = tokio::time::timeout(PATIENCE, stream.read_u8()).await;
        head.push(byte.expect("in time").expect("an answer"));
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn half_a_head_is_closed_when_its_time_is_up() {
    let emulator = emulator(brief()).await;
    let began = Instant::now();
    let mut stream = connect(&emulator).await;
    stream.write_all(b"GET / HTTP/1.1\r\nho").await.unwrap();
    assert_eq!(rest(&mut stream).await, b"");
    assert!(began.elapsed() >= brief().head);
}

#[tokio::test]
async fn a_head_that_drips_in_is_closed_though_it_never_rests() {
    let emulator = emulator(brief()).await;
    let mut stream = connect(&emulator).await;
    stream.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let drip = async {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let mut byte = [0];
    let end = async { tokio::time::timeout(PATIENCE, reader.read(&mut byte)).await };
    tokio::select! {
        () = drip => {}
        end = end => assert!(matches!(end, Ok(Ok(0) | Err(_))), "{end:?}"),
    }
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_before_and_after_one() {
    let emulator = emulator(brief()).await;
    let mut fresh = connect(&emulator).await;
    assert_eq!(rest(&mut fresh).await, b"");
    let mut used = connect(&emulator).await;
    let began = Instant::now();
    used.write_all(b"GET /api/emulator HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let answer = String::from_utf8(rest(&mut used).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(began.elapsed() >= brief().keep_alive);
}

#[tokio::test]
async fn a_body_that_stops_is_answered_with_408() {
    let emulator = emulator(brief()).await;
    for path in [
        "/queue.fal.run/emulator/echo",
        "/fal.run/emulator/content",
        "/tokens/",
    ] {
        let mut stream = connect(&emulator).await;
        let request = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf");
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = String::from_utf8(rest(&mut stream).await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn an_upload_that_is_slow_but_never_silent_arrives() {
    let emulator = emulator(brief()).await;
    let mut stream = connect(&emulator).await;
    let request = b"POST /fal.run/emulator/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let began = Instant::now();
    for _ in 0..50 {
        tokio::time::sleep(LONG / 40).await;
        stream.write_all(b"x").await.unwrap();
    }
    assert!(began.elapsed() > LONG);
    assert!(head(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_may_take_longer_than_every_limit() {
    let emulator = emulator(brief()).await;
    let delay = LONG.as_millis();
    let body = json!({ "delay_ms": u64::try_from(delay).unwrap() });
    let reply = emulator.post("/fal.run/emulator/echo", &body).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_stream_of_statuses_may_be_silent_for_longer_than_every_limit() {
    let emulator = Emulator::with(Options {
        connections: brief(),
        pace: Duration::from_mins(10),
        ..options()
    })
    .await;
    let id = emulator.submit(T2V, &long_job()).await;
    let path = follow_up(&id, "/status/stream");
    let mut stream = emulator.open("GET", &path, &[], "").await;
    assert!(piece(&mut stream).await.unwrap().is_some());
    tokio::time::sleep(LONG).await;
    emulator
        .send("PUT", &follow_up(&id, "/cancel"), &[], "")
        .await;
    let mut text = Vec::new();
    while let Some(piece) = piece(&mut stream).await.expect("not cut") {
        text.extend_from_slice(&piece);
    }
    assert!(String::from_utf8_lossy(&text).contains("COMPLETED"));
}

#[tokio::test]
async fn a_websocket_may_be_silent_for_longer_than_every_limit() {
    let emulator = emulator(brief()).await;
    let token = emulator.token("realtime", 60.0).await;
    let url = format!(
        "ws://{}/fal.run/emulator/realtime?fal_jwt_token={token}",
        emulator.server.address()
    );
    let (mut socket, _) = connect_async(url).await.unwrap();
    tokio::time::sleep(LONG).await;
    socket.send(Message::text("{\"a\":1}")).await.unwrap();
    let answer = tokio::time::timeout(PATIENCE, socket.next()).await;
    let answer = answer.expect("in time").expect("not ended").expect("whole");
    assert!(answer.is_text() || answer.is_binary(), "{answer:?}");
}

#[tokio::test]
async fn a_reader_that_takes_no_byte_of_its_answer_is_closed() {
    let emulator = emulator(brief()).await;
    let bytes = 64 << 20;
    let initiate = "/storage/upload/initiate?storage_type=fal-cdn-v3";
    let begun = emulator.post(initiate, &json!({})).await.json();
    let url = begun["upload_url"].as_str().unwrap();
    let put = emulator.send("PUT", url, &[], vec![7; bytes]).await;
    assert_eq!(put.status, 200, "{put:?}");
    let mut stream = connect(&emulator).await;
    let path = url.strip_prefix(&emulator.origin()).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(2 * LONG).await;
    let came = rest(&mut stream).await.len();
    assert!(came < bytes, "{came} bytes came");
}

#[tokio::test]
async fn idle_connections_give_way_to_new_ones_the_idlest_first() {
    let most = 4;
    let emulator = emulator(ConnectionLimits {
        most,
        ..ConnectionLimits::default()
    })
    .await;
    let mut idle = Vec::new();
    for _ in 0..3 * most {
        idle.push(connect(&emulator).await);
    }
    let reply = tokio::time::timeout(PATIENCE, emulator.get("/api/emulator")).await;
    assert_eq!(reply.expect("served").status, 200);
    for stream in idle.iter_mut().take(2 * most) {
        assert_eq!(rest(stream).await, b"");
    }
    let youngest = idle.last_mut().unwrap();
    youngest
        .write_all(b"GET /api/emulator HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(head(youngest).await.starts_with("HTTP/1.1 200"));
}

/// Opens the status stream of a long job, which sends comments all the time.
async fn busy(emulator: &Emulator, id: &str) -> TcpStream {
    let mut stream = connect(emulator).await;
    let path = follow_up(id, "/status/stream");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(head(&mut stream).await.starts_with("HTTP/1.1 200"));
    stream
}

async fn comment(stream: &mut TcpStream) {
    let mut piece = [0; 4096];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await;
    assert!(matches!(read, Ok(Ok(1..))), "{read:?}");
}

/// An emulator for `most` connections, whose streams are long and send comments often.
async fn at_work(most: usize) -> Emulator {
    Emulator::with(Options {
        connections: ConnectionLimits {
            most,
            ..ConnectionLimits::default()
        },
        pace: Duration::from_mins(10),
        comment_every: Duration::from_millis(20),
        ..options()
    })
    .await
}

#[tokio::test]
async fn streams_at_work_stay_however_many_idle_connections_come() {
    let emulator = at_work(4).await;
    let id = emulator.submit(T2V, &long_job()).await;
    let mut stream = busy(&emulator, &id).await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(connect(&emulator).await);
        comment(&mut stream).await;
    }
    assert_eq!(rest(&mut idle[0]).await, b"");
    for _ in 0..10 {
        comment(&mut stream).await;
    }
}

#[tokio::test]
async fn where_all_are_at_work_the_next_one_waits_for_a_place() {
    let emulator = at_work(2).await;
    let id = emulator.submit(T2V, &long_job()).await;
    let mut first = busy(&emulator, &id).await;
    let mut second = busy(&emulator, &id).await;
    let mut third = connect(&emulator).await;
    third
        .write_all(b"GET /api/emulator HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    for _ in 0..20 {
        comment(&mut first).await;
        comment(&mut second).await;
    }
    assert_eq!(
        third.try_read(&mut [0]).unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock
    );
    drop(first);
    assert!(head(&mut third).await.starts_with("HTTP/1.1 200"));
    comment(&mut second).await;
}
