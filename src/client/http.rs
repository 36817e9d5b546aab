//! One request: built, sent, and its answer read.

use gloo_net::http::{Headers, Request, RequestBuilder, Response};
use js_sys::{JsString, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, RequestCache, RequestMode};

use super::{
    body_reader::{AbortOnDrop, BodyReader},
    config::Config,
    error::Error,
    exchanged::Exchanged,
    key,
    loss::Loss,
    middleware::OutgoingRequest,
    page::{self, message_of, within},
    reply::{Content, Reply, ReplyHeaders},
    upload::put_options::PutOptions,
};
use crate::{
    engine::{Access, Freshness, Send},
    protocol::{Method, Operation, Reading},
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
    let signal = abort.signal();
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
    let headers = response.headers();
    let mut reply = Reply {
        status: response.status(),
        headers: ReplyHeaders::read(|name| headers.get(name)),
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
    let signal = abort.signal();
    let request = RequestBuilder::new(url)
        .header("Range", range)
        .cache(RequestCache::NoStore)
        .abort_signal(signal.as_ref())
        .build();
    let fetched = fetch_within(Some(deadline_ms), request.ok()?).await?;
    let response = fetched.ok()?.dyn_into::<web_sys::Response>().ok()?;
    Some(response.status())
}
