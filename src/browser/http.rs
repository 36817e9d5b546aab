//! One HTTP call: the only place that lets a key out, sends, reads the answer, and asks
//! [`crate::retry`] whether to try again.

use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Blob;

use super::{Error, Scope, options::Options, retry_options::overridden, watch::pause};
use crate::{
    host::is_fal_url,
    retry::{Failure, RetryPolicy, retry_after_ms},
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    fn route(
        config: &JsValue,
        method: &JsValue,
        url: &str,
        headers: &JsValue,
        is_presigned: bool,
    ) -> Promise;
    fn exchange(
        config: &JsValue,
        request: &JsValue,
        body: &JsValue,
        signal: &JsValue,
        is_presigned: bool,
        may_have_key: bool,
        reading: u8,
    ) -> Promise;
    /// Calls a function of the caller's, and promises what it does.
    pub(crate) fn called(callback: &JsValue, value: &JsValue, signal: &JsValue) -> Promise;
    /// A middleware that sends everything to a proxy.
    pub(crate) fn proxied(proxy_url: &str) -> Function;
    /// The body that asks for a place for a file: its type and name, as JSON.
    pub(crate) fn described(file: &Blob) -> JsValue;
    /// The type that a file is stored with.
    #[wasm_bindgen(js_name = typeOf)]
    pub(crate) fn type_of(file: &Blob) -> String;
}

/// How an answer is read.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)] // JavaScript reads them
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

/// What one try came to, when it was no good answer. Without a failure it is not worth, or
/// not safe, another try; otherwise the policy decides.
struct Setback {
    failure: Option<Failure>,
    error: Error,
}

/// Makes the call, trying again as the policy allows: its good answer, as `{ response, body }`.
pub(crate) async fn dispatch(scope: &Scope, call: &Call) -> Result<Options, Error> {
    let retry = scope.config.0.options("retry");
    let policy = overridden(call.plan.policy, &retry);
    let mut attempt = 0;
    loop {
        scope.is_submitting.set(call.plan.is_submit);
        let outcome = send(scope, call).await;
        scope.is_submitting.set(false);
        let setback = match outcome {
            Ok(answer) => return Ok(answer),
            Err(setback) => setback,
        };
        let is_wanted = !scope.is_abandoned.get();
        let failure = setback.failure.filter(|_| is_wanted);
        let random = Math::random();
        let delay = failure.and_then(|failure| policy.delay_after(attempt, failure, random));
        let Some(ms) = delay else {
            return Err(setback.error.with("operation", call.plan.operation));
        };
        let is_for_network = ms.is_infinite();
        let _ = scope
            .settled(pause(ms, &scope.watch.signal(), is_for_network))
            .await;
        // To have waited for the network is no try.
        attempt += u32::from(!is_for_network);
    }
}

async fn send(scope: &Scope, call: &Call) -> Result<Options, Setback> {
    let config = scope.config.0.as_js();
    let is_presigned = call.is_presigned;
    let method = call.method.clone();
    let method = method.unwrap_or_else(|| call.plan.method.into());
    let routed = route(config, &method, &call.url, &call.headers, is_presigned);
    let request = scope.settled(routed).await.map_err(Setback::thrown)?;
    // The middleware may have taken its time.
    if scope.is_abandoned.get() {
        return Err(Setback::last(Error::new("aborted")));
    }
    let url = Options::new(request.clone()).text("url");
    let may_have_key = url.is_some_and(|url| is_fal_url(&url));
    let exchanged = exchange(
        config,
        &request,
        &call.body,
        &scope.watch.signal(),
        is_presigned,
        may_have_key,
        call.plan.reading as u8,
    );
    let answer = scope.settled(exchanged).await.map_err(Setback::thrown)?;
    let answer = Options::new(answer);
    let Some(error) = answer.given("error") else {
        return Ok(answer);
    };
    let setback = Setback::thrown(error);
    Err(Setback {
        failure: refusal(&answer).or(setback.failure),
        ..setback
    })
}

impl Setback {
    fn thrown(reason: JsValue) -> Self {
        Self::last(Error::thrown(reason))
    }

    /// A failure that is no HTTP error. Browsers say `TypeError`, in three wordings, for
    /// everything from a lost connection to a refused cross-origin request.
    fn last(error: Error) -> Self {
        let facts = Options::new(error.as_js().clone());
        let failure = Failure::Network {
            is_offline: facts.is_true("isOffline"),
            is_unsent: facts.is_true("isUnsent"),
        };
        let is_network = error.code().as_deref() == Some("network");
        Self {
            failure: is_network.then_some(failure),
            error,
        }
    }
}

/// What an HTTP error says of another try; `None` of any other answer.
fn refusal(answer: &Options) -> Option<Failure> {
    let status = answer.number("status")?;
    let retry_after = answer.text("retryAfter");
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    Some(Failure::Status {
        status: status as u16,
        is_listed: answer.value("isListed").as_bool(),
        retry_after_ms: retry_after
            .and_then(|value| retry_after_ms(&value, Date::now(), Date::parse)),
        user_timeout: answer.text("timeoutType").as_deref() == Some("user"),
    })
}
