//! Helpers of the tests: an emulator, and a client that returns answers unchanged.

use std::io::Cursor;
use std::time::{Duration, Instant};

use bytes::Bytes;
use fal_emulator::{Options, Server};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) const I2V: &str = "fal-ai/kandinsky5-pro/image-to-video";
pub(crate) const T2V: &str = "fal-ai/kandinsky5-pro/text-to-video";
pub(crate) const PRO: &str = "fal-ai/kandinsky5-pro";
pub(crate) const PROXY: &str = "/api/fal/proxy";

/// A WebSocket of a client.
pub(crate) type WebSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An emulator on a port of its own, and a client.
pub(crate) struct Emulator {
    pub(crate) server: Server,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {} {:?}", self.status, self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn detail(&self) -> String {
        self.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// The settings of the tests. Jobs are not slowed down, and a video without camera motion takes a tenth of the time.
pub(crate) fn options() -> Options {
    Options {
        port: 0,
        pace: Duration::ZERO,
        still: true,
        control: true,
        ..Options::default()
    }
}

impl Emulator {
    pub(crate) async fn start() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let server = Server::start(options).await.expect("a free port");
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { server, client }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    /// Sends a request. `place` is a path of this emulator, or a whole URL.
    pub(crate) async fn send(
        &self,
        method: &str,
        place: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        let (parts, body) = self.open(method, place, headers, body).await.into_parts();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.expect("a whole body").to_bytes(),
        }
    }

    /// Like `send`, but `None` if the answer is not complete.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &'static str,
    ) -> Option<Reply> {
        let url = format!("{}{path}", self.origin());
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from_static(body.as_bytes())));
        let (parts, body) = self
            .client
            .request(request.unwrap())
            .await
            .ok()?
            .into_parts();
        Some(Reply {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.ok()?.to_bytes(),
        })
    }

    /// Sends a request, and returns the answer as soon as it begins. Its body is read piece by piece.
    pub(crate) async fn open(
        &self,
        method: &str,
        place: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Response<Incoming> {
        let url = if place.starts_with('/') {
            format!("{}{place}", self.origin())
        } else {
            place.to_owned()
        };
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        let request = request.body(Full::new(body.into())).unwrap();
        self.client.request(request).await.expect("an answer")
    }

    /// Requests a token for an app, as the clients do.
    pub(crate) async fn token(&self, app: &str, seconds: f64) -> String {
        let ask = json!({"allowed_apps": [app], "token_expiration": seconds});
        let reply = self.post("/rest.fal.ai/tokens/", &ask).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json().as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, place: &str) -> Reply {
        self.send("GET", place, &[], "").await
    }

    pub(crate) async fn post(&self, place: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json")];
        self.send("POST", place, &headers, body.to_string()).await
    }

    /// Sends a request through the proxy.
    pub(crate) async fn proxied(&self, method: &str, target: &str, body: &Value) -> Reply {
        let headers = [
            ("x-fal-target-url", target),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(method, PROXY, &headers, body).await
    }

    /// Submits, and returns the request id.
    pub(crate) async fn submit(&self, endpoint: &str, input: &Value) -> String {
        let reply = self.post(&format!("/{endpoint}"), input).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["request_id"].as_str().unwrap().to_owned()
    }

    /// The status of a job of a Pro endpoint.
    pub(crate) async fn status(&self, id: &str) -> Value {
        self.get(&follow_up(id, "/status?logs=1")).await.json()
    }

    /// Waits until `is_reached` is true of the status, and returns the status.
    pub(crate) async fn status_when(&self, id: &str, is_reached: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let status = self.status(id).await;
            if is_reached(&status) {
                return status;
            }
            assert!(
                began.elapsed() < Duration::from_mins(1),
                "stuck at {status}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn completed(&self, id: &str) -> Value {
        self.status_when(id, |status| status["status"] == "COMPLETED")
            .await
    }

    /// Submits, waits, and returns the result.
    pub(crate) async fn run(&self, endpoint: &str, input: &Value) -> Reply {
        let id = self.submit(endpoint, input).await;
        let request = format!("/{}/requests/{id}", base(endpoint));
        loop {
            let result = self.get(&request).await;
            let is_early = result.status == 400 && result.detail().contains("in progress");
            if !is_early {
                return result;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Sends raw bytes, and returns the answer. Stops reading when the connection ends, when a part of the body has come, or
    /// when the head says that there is no body.
    pub(crate) async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        let is_whole = |answer: &[u8]| {
            let text = String::from_utf8_lossy(answer);
            text.contains("\r\n\r\n{") || text.contains("\r\ncontent-length: 0\r\n")
        };
        while !is_whole(&answer) {
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(read) => answer.extend(&piece[..read]),
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits until no upload is being written.
    pub(crate) async fn nothing_comes_in(&self) {
        let incoming = self.server.data().join("incoming");
        let began = Instant::now();
        while let Some(file) = std::fs::read_dir(&incoming).unwrap().next() {
            assert!(began.elapsed() < Duration::from_secs(30), "{file:?} stays");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The received requests, from the control route.
    pub(crate) async fn requests(&self) -> Vec<Value> {
        let reply = self.get("/api/emulator/requests").await;
        reply.json().as_array().unwrap().clone()
    }
}

/// The path of a follow-up of a request to a Pro endpoint.
pub(crate) fn follow_up(id: &str, tail: &str) -> String {
    format!("/{PRO}/requests/{id}{tail}")
}

pub(crate) fn base(endpoint: &str) -> String {
    endpoint.split('/').take(2).collect::<Vec<_>>().join("/")
}

/// A picture with soft colours and one bright corner, so that a frame after any camera move differs clearly from it.
pub(crate) fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let corner = x < width / 3 && y > height / 2;
        let level = |at: u32, of: u32| u8::try_from(at * 160 / of).unwrap();
        image::Rgb([
            level(x, width),
            level(y, height),
            if corner { 250 } else { 40 },
        ])
    })
}

pub(crate) fn png(image: &RgbImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

pub(crate) fn data_uri(bytes: &[u8]) -> String {
    use base64::Engine;
    let data = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("data:image/png;base64,{data}")
}

/// An input for image-to-video.
pub(crate) fn input(image_url: &str) -> Value {
    json!({ "prompt": "slow dolly in", "image_url": image_url, "seed": 7 })
}

/// The input of a job that takes minutes if it is not stopped.
pub(crate) fn long_job() -> Value {
    json!({ "prompt": "a long wait", "resolution": "1024P" })
}

/// The next piece of an answer. `None` at its end, `Err` if it was cut.
pub(crate) async fn piece(
    response: &mut Response<Incoming>,
) -> Result<Option<Bytes>, hyper::Error> {
    loop {
        let Some(frame) = response.frame().await else {
            return Ok(None);
        };
        if let Ok(piece) = frame?.into_data() {
            return Ok(Some(piece));
        }
    }
}

/// The JSON of every event in a text of well-formed events.
pub(crate) fn events(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).expect("whole characters");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).expect("JSON"))
        .collect()
}

/// Opens a WebSocket. `path` begins with fal's host.
pub(crate) async fn open_socket(emulator: &Emulator, path: &str) -> Result<WebSocket, Error> {
    let url = format!("ws://{}/{path}", emulator.server.address());
    connect_async(url).await.map(|(socket, _)| socket)
}

/// Opens a WebSocket, expects a refusal, and returns its HTTP status.
pub(crate) async fn status_of_refusal(emulator: &Emulator, path: &str) -> u16 {
    match open_socket(emulator, path).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("connected"),
    }
}
