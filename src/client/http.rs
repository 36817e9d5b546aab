//! One request: built, sent, and its answer read.

use gloo_net::http::{Headers, Request, RequestBuilder, Response};
use js_sys::{Date, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, ReadableStreamDefaultReader, RequestCache, RequestMode};

use super::{
    config::Config,
    error::Error,
    key,
    middleware::OutgoingRequest,
    page::{self, message_of, within},
    reply::{Content, Reply, ReplyHeaders},
    upload::put::PutOptions,
};
use crate::{
    engine::{Access, Freshness, Send},
    protocol::{Method, Operation, Reading},
    retry::retry_after_ms,
};

#[wasm_bindgen]
extern "C" {
    /// `fetch`, of a page or a worker. The `send` of gloo-net panics if a page has put something
    /// in its place that rejects with no `Error`, or that gives no `Response`.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn fetch(request: &web_sys::Request) -> Result<JsValue, JsValue>;
}

/// Sends a request: its response, what `fetch` threw, or `None` if it took too long.
async fn fetch_within(
    deadline_ms: Option<f64>,
    request: Request,
) -> Option<Result<JsValue, JsValue>> {
    let request = web_sys::Request::from(request);
    let fetched = within(deadline_ms, async {
        let promise = Promise::resolve(&fetch(&request)?);
        JsFuture::from(promise).await
    });
    fetched.await
}

/// The body and the headers of a call's first request.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// Another method than the operation's own.
    pub(super) method: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    /// How the bytes of a file are sent.
    pub(super) put: Option<PutOptions>,
}

/// The body of a request.
#[derive(Debug, Clone, Default)]
pub(super) enum Body {
    #[default]
    None,
    Text(String),
    Blob(Blob),
}

impl Body {
    fn to_js(&self) -> Option<JsValue> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(JsString::from(text.as_str()).into()),
            Self::Blob(blob) => Some(blob.into()),
        }
    }
}

/// What became of a request.
pub(super) enum Exchanged {
    /// An answer of 2xx. The reader is there if the caller reads the body as a stream.
    Answered(Reply, Option<BodyReader>),
    /// An HTTP error.
    Refused(Reply),
    /// No answer, or half of one.
    Lost(Loss),
    /// It was not sent, or its answer is none.
    Threw(Error),
}

/// A failure of the network.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) message: String,
    pub(super) is_offline: bool,
    /// The request has certainly not left this machine.
    pub(super) is_unsent: bool,
}

impl Loss {
    pub(super) fn new(message: String) -> Self {
        Self {
            message,
            is_offline: page::is_offline(),
            is_unsent: false,
        }
    }

    /// Nothing came for so long.
    pub(super) fn late(ms: f64) -> Self {
        Self::new(format!("nothing came for {ms} ms"))
    }
}

/// Sends a request and reads its answer. It is not sent any more if `is_left` says so when the
/// middleware is through.
pub(super) async fn exchange(
    config: &Config,
    send: &Send,
    parts: &Parts,
    is_left: impl Fn() -> bool,
) -> Exchanged {
    let outgoing = match build(config, send, parts).await {
        Ok(outgoing) => outgoing,
        Err(error) => return Exchanged::Threw(error),
    };
    if is_left() {
        return Exchanged::Threw(Error::Aborted { request_id: None });
    }
    let body = match (&send.body, outgoing.is_read) {
        (Some(text), _) => Body::Text(text.clone()),
        (None, true) => Body::None,
        (None, false) => parts.body.clone(),
    };
    if let (Some(put), Body::Blob(bytes), true) = (&parts.put, &body, page::has_xhr()) {
        return (put.send)(&outgoing.request, bytes, put).await;
    }
    let unread = match send_request(&outgoing, &body, send).await {
        Ok(unread) => unread,
        Err(exchanged) => return exchanged,
    };
    let mut exchanged = read(unread, send).await;
    if let Exchanged::Answered(reply, _) | Exchanged::Refused(reply) = &mut exchanged {
        reply.had_own_url = outgoing.has_own_url;
    }
    match exchanged {
        Exchanged::Answered(mut reply, None)
            if outgoing.is_routed && reply.content.is_refusal() =>
        {
            reply.status = 422;
            Exchanged::Refused(reply)
        }
        exchanged => exchanged,
    }
}

/// A request that is ready to be sent.
struct Outgoing {
    request: OutgoingRequest,
    /// It only reads.
    is_read: bool,
    /// The caller's proxy or middleware sends it elsewhere.
    is_routed: bool,
    has_own_url: bool,
}

/// Builds a request: the caller's middleware, the proxy, a URL of its own past the caches, headers, and
/// the key.
async fn build(config: &Config, send: &Send, parts: &Parts) -> Result<Outgoing, Error> {
    let rule = send.operation.rule();
    let method = match rule.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
    };
    let mut request = OutgoingRequest {
        method: parts.method.clone().unwrap_or_else(|| method.into()),
        url: send.url.clone(),
        headers: parts.headers.clone(),
    };
    if send.access == Access::Presigned {
        let is_read = request.method.eq_ignore_ascii_case("GET");
        return Ok(Outgoing {
            request,
            is_read,
            is_routed: false,
            has_own_url: false,
        });
    }
    for (name, value) in &config.headers {
        request.set_default_header(name, value);
    }
    let mut request = config.route(request).await?;
    let is_read = request.method.eq_ignore_ascii_case("GET");
    let is_routed = request.url != send.url;
    request.set_default_header("Accept", "application/json");
    request.set_default_header("Content-Type", "application/json");
    key::attach(config.key.as_ref(), send.access, &send.url, &mut request)?;
    let wants_own_url = match send.freshness {
        Freshness::Usual => rule.reading == Reading::Content && page::has_service_worker(),
        Freshness::OwnUrls => true,
        Freshness::SharedUrlOnly => false,
    };
    let has_own_url = is_routed && is_read && wants_own_url;
    if has_own_url {
        make_own_url(&mut request.url);
    }
    Ok(Outgoing {
        request,
        is_read,
        is_routed,
        has_own_url,
    })
}

/// Makes a URL of the same proxy that no cache has seen.
fn make_own_url(url: &mut String) {
    let sign = if url.contains('?') { "&" } else { "?" };
    let random = js_sys::Math::random().to_string();
    url.extend([sign, "fal-try=", random.trim_start_matches("0.")]);
}

/// An answer whose body is not read yet.
struct Unread {
    response: Response,
    abort: AbortOnDrop,
}

async fn send_request(outgoing: &Outgoing, body: &Body, send: &Send) -> Result<Unread, Exchanged> {
    let abort = AbortOnDrop::new();
    let request = to_request(outgoing, body, send, &abort)
        .map_err(|problem| Exchanged::Threw(Error::argument("request", problem)))?;
    let network = page::NetworkWatch::begin();
    match fetch_within(send.deadline_ms, request).await {
        None => Err(Exchanged::Lost(Loss::late(
            send.deadline_ms.unwrap_or_default(),
        ))),
        Some(Err(thrown)) => Err(Exchanged::Lost(Loss {
            is_unsent: network.was_away()
                && page::has_native_fetch()
                && !page::has_service_worker(),
            ..Loss::new(message_of(&thrown))
        })),
        Some(Ok(response)) => match response.dyn_into::<web_sys::Response>() {
            Ok(response) => Ok(Unread {
                response: response.into(),
                abort,
            }),
            Err(_) => Err(Exchanged::Lost(Loss::new("fetch gave no Response".into()))),
        },
    }
}

/// The request as the browser takes it. It refuses a header with a line break, for instance.
fn to_request(
    outgoing: &Outgoing,
    body: &Body,
    send: &Send,
    abort: &AbortOnDrop,
) -> Result<Request, String> {
    let OutgoingRequest {
        method,
        url,
        headers,
    } = &outgoing.request;
    let method = http::Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
    let signal = abort.0.as_ref().map(AbortController::signal);
    let mut builder = RequestBuilder::new(url)
        .method(method)
        .headers(to_headers(headers).map_err(|thrown| message_of(&thrown))?)
        .abort_signal(signal.as_ref());
    if send.access != Access::Presigned {
        builder = builder.mode(RequestMode::Cors);
    }
    if send.access != Access::Presigned || outgoing.is_read {
        builder = builder.cache(RequestCache::NoStore);
    }
    let built = match body.to_js() {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    built.map_err(|error| error.to_string())
}

/// The `set` of gloo-net's own headers panics at a name or a value that is none.
fn to_headers<'a>(
    headers: impl IntoIterator<Item = &'a (String, String)>,
) -> Result<Headers, JsValue> {
    let raw = web_sys::Headers::new()?;
    for (name, value) in headers {
        raw.set(name, value)?;
    }
    Ok(Headers::from_raw(raw))
}

async fn read(Unread { response, abort }: Unread, send: &Send) -> Exchanged {
    let rule = send.operation.rule();
    let mut reply = Reply {
        status: response.status(),
        headers: read_headers(&response),
        ..Reply::default()
    };
    let mut body = BodyReader::new(&response, abort);
    if response.ok() && rule.reading == Reading::Stream {
        reply.content = Content::Stream;
        return Exchanged::Answered(reply, Some(body));
    }
    let bytes = body.read_all(send.deadline_ms).await;
    if !response.ok() {
        // Half an error answer is an error answer still: its status counts.
        reply.content = Content::read_error(bytes.unwrap_or_default());
        return Exchanged::Refused(reply);
    }
    match bytes {
        Ok(bytes) => {
            let is_json_due = rule.reading == Reading::Json;
            reply.content = Content::read(&reply.headers.content_type, bytes, is_json_due);
            Exchanged::Answered(reply, None)
        }
        Err(loss) => Exchanged::Lost(loss),
    }
}

fn read_headers(response: &Response) -> ReplyHeaders {
    let headers = response.headers();
    read_reply_headers(|name| headers.get(name))
}

/// Reads the headers that matter here.
pub(super) fn read_reply_headers(get: impl Fn(&str) -> Option<String>) -> ReplyHeaders {
    let retry_after = get("retry-after");
    let retry_after_ms =
        retry_after.and_then(|value| retry_after_ms(&value, Date::now(), Date::parse));
    ReplyHeaders {
        content_type: get("content-type").unwrap_or_default(),
        request_id: get("x-fal-request-id"),
        retry_after_ms,
        timeout_type: get("x-fal-request-timeout-type"),
        error_type: get("x-fal-error-type"),
        billable_units: get("x-fal-billable-units").and_then(|units| units.parse().ok()),
        etag: get("etag"),
    }
}

/// Aborts a request when it is dropped. That has no effect on one that has ended.
pub(super) struct AbortOnDrop(Option<AbortController>);

impl AbortOnDrop {
    fn new() -> Self {
        Self(AbortController::new().ok())
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Reads a body piece by piece. Dropping it ends the connection.
pub(super) struct BodyReader {
    reader: Option<ReadableStreamDefaultReader>,
    /// The read under way. It survives a future that was dropped while it waited.
    pending: Option<JsFuture>,
    /// The rest of a piece.
    rest: Option<Uint8Array>,
    _abort: AbortOnDrop,
}

/// A large piece is copied by this much at a time, in bytes.
const SLICE_BYTES: u32 = 65_536;

impl BodyReader {
    fn new(response: &Response, abort: AbortOnDrop) -> Self {
        let stream = response.body();
        let reader = stream.and_then(|stream| ReadableStreamDefaultReader::new(&stream).ok());
        Self {
            reader,
            pending: None,
            rest: None,
            _abort: abort,
        }
    }

    /// The next bytes, `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Loss> {
        loop {
            if let Some(rest) = self.rest.take() {
                let length = rest.length();
                let slice = rest.subarray(0, SLICE_BYTES.min(length)).to_vec();
                self.rest = (length > SLICE_BYTES).then(|| rest.subarray(SLICE_BYTES, length));
                if !slice.is_empty() {
                    return Ok(Some(slice));
                }
            }
            let Some(reader) = &self.reader else {
                return Ok(None);
            };
            let pending = self
                .pending
                .get_or_insert_with(|| JsFuture::from(reader.read()));
            let read = pending.await;
            self.pending = None;
            let read = read.map_err(|thrown| Loss::new(message_of(&thrown)))?;
            if page::property(&read, "done").is_truthy() {
                self.reader = None;
                return Ok(None);
            }
            let bytes = page::property(&read, "value").dyn_into::<Uint8Array>();
            self.rest = Some(bytes.map_err(|_| Loss::new("the body holds no bytes".into()))?);
        }
    }

    /// All bytes, where each piece comes in time.
    pub(super) async fn read_all(&mut self, deadline_ms: Option<f64>) -> Result<Vec<u8>, Loss> {
        let mut bytes = Vec::new();
        loop {
            match within(deadline_ms, self.next()).await {
                None => return Err(Loss::late(deadline_ms.unwrap_or_default())),
                Some(Ok(Some(piece))) => bytes.extend(piece),
                Some(Ok(None)) => return Ok(bytes),
                Some(Err(loss)) => return Err(loss),
            }
        }
    }
}

/// Whether an operation starts something that is paid for.
pub(super) fn is_paid(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Submit | Operation::Run | Operation::Stream
    )
}

/// The HTTP status for a range of a file, without the middleware and the key. `None` without an answer.
pub(super) async fn read_status(url: &str, range: &str, deadline_ms: f64) -> Option<u16> {
    let abort = AbortOnDrop::new();
    let signal = abort.0.as_ref().map(AbortController::signal);
    let request = RequestBuilder::new(url)
        .header("Range", range)
        .cache(RequestCache::NoStore)
        .abort_signal(signal.as_ref())
        .build();
    let fetched = fetch_within(Some(deadline_ms), request.ok()?).await?;
    let response = fetched.ok()?.dyn_into::<web_sys::Response>().ok()?;
    Some(response.status())
}
