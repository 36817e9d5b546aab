//! One HTTP call: the only place that adds credentials, applies the middleware and the
//! proxy, sends, reads the answer, and asks [`crate::retry`] whether to try again.

use gloo_net::http::Response;
use js_sys::{Function, Math, Object, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, RequestMode};

use super::{
    Config, Error, Scope,
    answer::{Answer, Setback, parsed, read},
    options::Options,
    outgoing::prepare,
    progress::Share,
    retry_options::overridden,
    timer::sleep,
    xhr,
};
use crate::{
    retry::{Repeat, RetryPolicy},
    text,
};

#[wasm_bindgen]
extern "C" {
    // gloo-net's own `send` panics when a wrapped `fetch` rejects with something that is
    // no `Error`, and keeps only its text. We keep the value, as the cause of our error.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn fetch(request: &Request) -> Result<Promise, JsValue>;
}

/// Where a call goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To fal, through the middleware and the proxy, with credentials.
    Service,
    /// To a presigned URL, as it stands: it carries its own permission, and no key.
    Presigned,
}

/// A call, before credentials, middleware and proxy.
pub(crate) struct Call<'a> {
    pub(crate) target: Target,
    /// The word for it in errors: `submit`, `status`, `result`, `cancel` or `upload`.
    pub(crate) operation: &'a str,
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    /// Headers by name, beside the ones that every call has.
    pub(crate) headers: Object,
    /// JSON text, or a `Blob`.
    pub(crate) body: Option<JsValue>,
    pub(crate) policy: RetryPolicy,
    /// The call of the public API that this is a part of, and ends with.
    pub(crate) scope: Option<&'a Scope>,
    /// Who wants to know how much of the body is sent.
    pub(crate) progress: Option<&'a Share>,
}

/// Makes the call, trying again as the policy allows.
pub(crate) async fn dispatch(config: &Config, call: Call<'_>) -> Result<Answer, Error> {
    let policy = overridden(call.policy.clone(), &config.0.options("retry"));
    let is_submit = call.policy.repeat == Repeat::OnlyIfRefused;
    let submit = call.scope.filter(|_| is_submit);
    let mut attempt = 0;
    loop {
        submit.inspect(|scope| scope.set_submitting(true));
        let outcome = send(config, &call).await;
        submit.inspect(|scope| scope.set_submitting(false));
        let setback = match outcome {
            Ok(answer) => return Ok(answer),
            Err(setback) => setback,
        };
        let is_wanted = !submit.is_some_and(Scope::is_abandoned);
        let delay = setback
            .failure
            .filter(|_| is_wanted)
            .and_then(|failure| policy.delay_after(attempt, failure, Math::random()));
        match delay {
            Some(delay_ms) => sleep(delay_ms).await,
            None => return Err(setback.error.with("operation", call.operation)),
        }
        attempt += 1;
    }
}

async fn send(config: &Config, call: &Call<'_>) -> Result<Answer, Setback> {
    if let Some(outcome) = send_watched(config, call).await {
        return outcome;
    }
    let (method, url, headers) = match call.target {
        Target::Service => prepare(config, call).await.map_err(Setback::last)?,
        Target::Presigned => (
            text::joined(&[call.method]),
            text::joined(&[call.url]),
            call.headers.clone(),
        ),
    };
    // The middleware may have taken its time.
    if call.scope.is_some_and(Scope::is_abandoned) {
        return Err(Setback::last(Error::new("aborted")));
    }
    let init = RequestInit::new();
    init.set_method(&method);
    init.set_headers(&headers);
    init.set_mode(RequestMode::Cors);
    init.set_signal(call.scope.map(Scope::signal).as_ref());
    if let Some(body) = call
        .body
        .as_ref()
        .filter(|_| !method.eq_ignore_ascii_case("GET"))
    {
        init.set_body(body);
    }
    let promise = match config.0.function("fetch") {
        Some(fetch) => custom_fetch(&fetch, &url, &init).map_err(Setback::unanswered)?,
        None => browser_fetch(&url, &init)?,
    };
    let response = JsFuture::from(promise).await.map_err(Setback::unanswered)?;
    read(Response::from(
        response.unchecked_into::<web_sys::Response>(),
    ))
    .await
}

/// Sends a body whose progress somebody watches, where this runtime can.
async fn send_watched(config: &Config, call: &Call<'_>) -> Option<Result<Answer, Setback>> {
    let progress = call.progress.filter(|progress| progress.is_watched())?;
    let body = call.body.as_ref()?;
    if config.0.function("fetch").is_some() {
        return None;
    }
    let (status, text) = xhr::send(call.method, call.url, &call.headers, body, progress)
        .await
        .ok()?;
    Some(match status {
        200..300 => Ok(Answer {
            body: JsValue::UNDEFINED,
            request_id: None,
        }),
        0 => Err(Setback::unanswered(JsValue::UNDEFINED)),
        _ => Err(Setback::refused(status, None, false).with("body", parsed(text))),
    })
}

/// The caller's `fetch`, called with `(url, init)` as the official client calls it.
fn custom_fetch(fetch: &Function, url: &str, init: &RequestInit) -> Result<Promise, JsValue> {
    let promise = fetch.call2(&JsValue::UNDEFINED, &url.into(), init)?;
    Ok(Promise::resolve(&promise))
}

/// The browser's. What it says of a request that cannot be built, such as one with a line
/// break in a header, is no network failure and would fail again.
fn browser_fetch(url: &str, init: &RequestInit) -> Result<Promise, Setback> {
    Request::new_with_str_and_init(url, init)
        .and_then(|request| fetch(&request))
        .map_err(|cause| {
            let message = Options::new(cause.clone()).text("message");
            let problem = message.unwrap_or_default();
            Setback::last(Error::argument("request", &problem).with("cause", cause))
        })
}
