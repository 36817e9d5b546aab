//! One HTTP call: the only place that lets a key out, sends, reads the answer, and asks
//! [`crate::retry`] whether to try again.

use gloo_net::http::Response;
use js_sys::{Date, Function, Math, Object, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use super::{
    Error, Scope,
    options::{Options, object, set},
    retry_options::{is_listed, overridden},
    watch::sleep,
};
use crate::{
    host::is_fal_url,
    retry::{Failure, RetryPolicy, retry_after_ms},
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    fn route(config: &JsValue, request: &Object) -> Promise;
    fn transmit(
        config: &JsValue,
        request: &JsValue,
        body: &JsValue,
        signal: &JsValue,
        is_presigned: bool,
        may_have_key: bool,
    ) -> Promise;
    fn read(response: &JsValue, handler: Option<&Function>) -> Promise;
    /// A middleware that sends everything to a proxy.
    pub(crate) fn proxied(proxy_url: &str) -> Function;
}

/// How an answer is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// By the caller's `responseHandler`, where there is one.
    Handler,
    /// By its content type.
    Content,
    /// Not at all: the caller reads it as it comes.
    Stream,
}

/// What every call of one kind has in common.
pub(crate) struct Plan {
    /// The word for it in errors: `submit`, `status`, `result`, `upload`, …
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) reading: Reading,
    pub(crate) policy: &'static RetryPolicy,
    /// It must be let arrive once it is on its way, so that the job it makes can be cancelled.
    pub(crate) is_submit: bool,
}

/// A call, before credentials and middleware.
pub(crate) struct Call {
    pub(crate) plan: &'static Plan,
    /// In place of the plan's.
    pub(crate) method: Option<JsValue>,
    pub(crate) url: String,
    /// Headers by name, beside the ones that every call to the service has.
    pub(crate) headers: JsValue,
    /// JSON text, or a `Blob`.
    pub(crate) body: JsValue,
    /// To a presigned URL, as it stands: it carries its own permission, and no key. Every
    /// other call goes to fal, through the middleware, with credentials.
    pub(crate) is_presigned: bool,
}

impl Call {
    /// A call to the service without headers and body.
    #[allow(clippy::unnecessary_box_returns)] // it is handed on often, and a pointer is smaller
    pub(crate) fn new(plan: &'static Plan, url: String) -> Box<Self> {
        Box::new(Self {
            plan,
            method: None,
            url,
            headers: JsValue::UNDEFINED,
            body: JsValue::UNDEFINED,
            is_presigned: false,
        })
    }
}

/// A good answer.
pub(crate) struct Answer {
    pub(crate) body: JsValue,
    response: Response,
}

impl Answer {
    /// A header of the answer, where this page may read it.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name)
    }
}

/// What one try came to, when it was no good answer. Without a failure it is not worth, or
/// not safe, another try; otherwise the policy decides.
struct Setback {
    failure: Option<Failure>,
    error: Error,
}

/// Makes the call, trying again as the policy allows.
pub(crate) async fn dispatch(scope: &Scope, call: &Call) -> Result<Answer, Error> {
    let retry = scope.config.0.options("retry");
    let policy = overridden(call.plan.policy, &retry);
    let mut attempt = 0;
    loop {
        scope.set_submitting(call.plan.is_submit);
        let outcome = send(scope, call).await;
        scope.set_submitting(false);
        let setback = match outcome {
            Ok(answer) => return Ok(answer),
            Err(setback) => setback,
        };
        let is_wanted = !scope.is_abandoned();
        let delay = setback
            .failure
            .filter(|_| is_wanted)
            .and_then(|failure| policy.delay_after(attempt, failure, Math::random()));
        match delay {
            Some(delay_ms) => sleep(delay_ms, &scope.watch.signal()).await,
            None => return Err(setback.error.with("operation", call.plan.operation)),
        }
        attempt += 1;
    }
}

async fn send(scope: &Scope, call: &Call) -> Result<Answer, Setback> {
    let config = &scope.config.0;
    let body = transmitted(scope, call).await?;
    let response = Response::from(body.clone().unchecked_into::<web_sys::Response>());
    let is_ok = response.ok();
    if is_ok && call.plan.reading == Reading::Stream {
        return Ok(Answer { body, response });
    }
    let handler = config.function("responseHandler");
    let handler = handler.filter(|_| call.plan.reading == Reading::Handler);
    match settled(read(&body, handler.as_ref())).await {
        Ok(body) => Ok(Answer { body, response }),
        Err(setback) if is_ok => Err(setback),
        Err(setback) => Err(Setback {
            failure: Some(status_of(config, &response)),
            ..setback
        }),
    }
}

/// Sends the request, after the middleware: its `Response`.
async fn transmitted(scope: &Scope, call: &Call) -> Result<JsValue, Setback> {
    let config = scope.config.0.as_js();
    let request = object();
    let method = call.method.clone();
    set(
        &request,
        "method",
        method.unwrap_or_else(|| call.plan.method.into()),
    );
    set(&request, "url", call.url.as_str());
    set(&request, "headers", &call.headers);
    let mut request: JsValue = request.into();
    if !call.is_presigned {
        request = settled(route(config, request.unchecked_ref())).await?;
    }
    // The middleware may have taken its time.
    if scope.is_abandoned() {
        return Err(Setback::last(Error::new("aborted")));
    }
    let url = Options::new(request.clone()).text("url");
    let may_have_key = url.is_some_and(|url| is_fal_url(&url));
    let signal = scope.watch.signal();
    let (body, is_presigned) = (&call.body, call.is_presigned);
    settled(transmit(
        config,
        &request,
        body,
        &signal,
        is_presigned,
        may_have_key,
    ))
    .await
}

async fn settled(promise: Promise) -> Result<JsValue, Setback> {
    let settled = JsFuture::from(promise).await;
    settled.map_err(|reason| Setback::last(Error::thrown(reason)))
}

impl Setback {
    /// A failure that is no HTTP error. Browsers say `TypeError`, in three wordings, for
    /// everything from a lost connection to a refused cross-origin request.
    fn last(error: Error) -> Self {
        let is_network = error.code().as_deref() == Some("network");
        Self {
            failure: is_network.then_some(Failure::Network),
            error,
        }
    }
}

fn status_of(config: &Options, response: &Response) -> Failure {
    let status = response.status();
    let headers = response.headers();
    let retry_after = headers.get("retry-after");
    Failure::Status {
        status,
        is_listed: is_listed(status, &config.options("retry")),
        retry_after_ms: retry_after
            .and_then(|value| retry_after_ms(&value, Date::now(), Date::parse)),
        user_timeout: headers.get("x-fal-request-timeout-type").as_deref() == Some("user"),
    }
}
