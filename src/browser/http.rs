//! One HTTP call: the only place that lets a key out, sends, reads the answer, and asks
//! [`crate::retry`] whether to try again.

use std::mem::take;

use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Blob;

use super::{
    Error, Phase, call,
    flow::Kind,
    options::Options,
    retry_options::overridden,
    task::{Freshness, Task, Waits},
    texts::Text,
    watch::{Watch, pause},
};
use crate::{
    answer::{self, Answer, Body, Problem, Verdict, Wanted},
    host::is_fal_url,
    retry::{Failure, RetryPolicy, retry_after_ms},
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    fn route(
        config: &JsValue,
        given_method: &JsValue,
        method: Text,
        url: &str,
        headers: &JsValue,
        is_presigned: bool,
    ) -> Promise;
    fn exchange(
        config: &JsValue,
        request: &JsValue,
        body: &JsValue,
        watch: &Watch,
        is_presigned: bool,
        may_have_key: bool,
        reading: u8,
        operation: Text,
        deadline_ms: Option<f64>,
        has_own_url: Option<bool>,
    ) -> Promise;
    /// Whether this client has asked after a request of this id.
    #[wasm_bindgen(js_name = isKnown)]
    fn is_known(request_id: &str) -> bool;
    /// Calls a function of the caller's, if it is one, and promises what it does.
    pub(crate) fn called(callback: &JsValue, value: &JsValue, watch: &Watch) -> Promise;
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
    pub(crate) operation: Text,
    pub(crate) method: Text,
    pub(crate) reading: Reading,
    /// What its answer must be to count.
    pub(crate) wanted: Wanted,
    pub(crate) policy: &'static RetryPolicy,
}

/// A call, before credentials and middleware.
pub(crate) struct Call {
    pub(crate) plan: &'static Plan,
    /// In place of the plan's.
    pub(crate) method: JsValue,
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
            method: JsValue::UNDEFINED,
            url,
            headers: JsValue::UNDEFINED,
            body: JsValue::UNDEFINED,
            is_presigned: false,
        })
    }
}

/// Whether a proxy that knows no URL but its own may have answered so. That the service is busy, or the
/// result not there yet, says nothing of the URL.
fn is_unknown_url(failure: Failure) -> bool {
    match failure {
        Failure::Status {
            status, is_passing, ..
        } => matches!(status, 403..=405 | 410 | 412 | 414) || (status == 400 && !is_passing),
        _ => false,
    }
}

impl Task {
    /// Makes a call of the protocol.
    pub(super) fn ask(&mut self, phase: Phase) -> Result<JsValue, Error> {
        self.phase = phase;
        self.attempt = 0;
        self.call = Some(call::of(phase, self)?);
        self.send()
    }

    /// Tries the call: the caller's middleware comes first.
    pub(super) fn send(&mut self) -> Result<JsValue, Error> {
        let call = self.call()?;
        let routed = route(
            self.config.0.as_js(),
            &call.method,
            call.plan.method,
            &call.url,
            &call.headers,
            call.is_presigned,
        );
        self.waits = Waits::Routed;
        Ok(routed.into())
    }

    /// Sends what the middleware made of the request.
    pub(super) fn exchange(&mut self, request: &JsValue) -> Result<JsValue, Error> {
        // The middleware may have taken its time.
        if self.is_abandoned {
            return Err(Error::new(Text::Aborted));
        }
        let routed = Options::new(request.clone());
        let call = self.call()?;
        // Configuration is trusted, data is not: a route that the caller's own middleware chose
        // may see the key, unless data named another target than fal.
        let is_own_route = routed.is_true(Text::IsTrusted) && is_fal_url(&call.url);
        let may_have_key =
            is_own_route || routed.text(Text::Url).is_some_and(|url| is_fal_url(&url));
        let exchanged = exchange(
            self.config.0.as_js(),
            request,
            &call.body,
            &self.watch,
            call.is_presigned,
            may_have_key,
            call.plan.reading as u8,
            call.plan.operation,
            call.plan.policy.deadline_ms(self.attempt),
            match self.freshness {
                Freshness::Usual => None,
                Freshness::OwnUrls => Some(true),
                Freshness::SharedUrlOnly => Some(false),
            },
        );
        self.waits = Waits::Answered;
        Ok(exchanged.into())
    }

    /// Takes a good answer, as `{ response, body }`, or tries again as the policy allows.
    pub(super) fn answered(&mut self, answer: Options) -> Result<JsValue, Error> {
        let error = answer.value(Text::Error);
        if !error.is_undefined() {
            return self.failed(error, &answer);
        }
        let Plan {
            wanted, operation, ..
        } = *self.call()?.plan;
        let asked_id = self.request.as_ref().map_or("", |request| &request.id);
        match judge(wanted, &answer, asked_id) {
            Verdict::Refuse(problem) => {
                self.avoid_caches();
                let mut error = Error::unexpected(operation, text_of(problem))
                    .with(Text::Body, answer.value(Text::Said))
                    .with(Text::Cause, answer.value(Text::Cause));
                if wanted == Wanted::SubmitReply {
                    // The job may exist, and be found by this id.
                    error = error.with(Text::RequestId, answer.value(Text::Named));
                }
                return self.retry(error, Some(Failure::NoAnswer), false);
            }
            Verdict::AskOnceMore if self.freshness == Freshness::Usual => {
                self.avoid_caches();
                return self.send();
            }
            Verdict::AskOnceMore | Verdict::Believe => {}
        }
        if take(&mut self.is_retrying) {
            self.tell(Text::OnAnswer, &JsValue::UNDEFINED);
        }
        if let Some(request) = &self.request {
            answer.set(Text::RequestId, request.id.as_str().into());
        }
        self.accept(answer)
    }

    /// Tries again after a failure, if it is worth it, and safe. `answer` is empty where there was
    /// none.
    pub(super) fn failed(&mut self, thrown: JsValue, answer: &Options) -> Result<JsValue, Error> {
        let error = Error::thrown(thrown);
        let failure = self.failure(answer, &error);
        if failure.is_some_and(is_unknown_url)
            && answer.is_true(Text::HasOwnUrl)
            && !self.is_abandoned
        {
            self.freshness = Freshness::SharedUrlOnly;
            return self.send();
        }
        let is_last_word =
            self.phase == Phase::Result && (has_failed(&self.last) || answer.has(Text::ErrorType));
        self.retry(error, failure, is_last_word)
    }

    fn avoid_caches(&mut self) {
        self.freshness = Freshness::OwnUrls;
    }

    /// Waits for another try. `is_last_word`: the service has said what came of the request.
    fn retry(
        &mut self,
        error: Error,
        failure: Option<Failure>,
        is_last_word: bool,
    ) -> Result<JsValue, Error> {
        let plan = self.call()?.plan;
        let delay = |failure| {
            let usual = if is_last_word {
                &RetryPolicy::FAILED_RESULT
            } else {
                plan.policy
            };
            let policy = overridden(usual, &self.config.0.options(Text::Retry));
            policy.delay_after(self.attempt, failure, Math::random())
        };
        let Some(ms) = failure.filter(|_| !self.is_abandoned).and_then(delay) else {
            return Err(error.with_text(Text::Operation, plan.operation));
        };
        self.is_retrying = true;
        self.tell(Text::OnRetry, &JsValue::UNDEFINED);
        let is_for_network = ms.is_infinite();
        // To have waited for the network is no try.
        self.attempt += u32::from(!is_for_network);
        self.waits = Waits::Retry;
        Ok(pause(ms, &self.watch, is_for_network).into())
    }

    /// What an answer that is an HTTP error says of another try, or an error without an answer: what
    /// browsers say is `TypeError`, in three wordings, for everything from a lost connection to a
    /// refused cross-origin request. `None` of anything else.
    fn failure(&self, answer: &Options, error: &Error) -> Option<Failure> {
        let Some(status) = answer.number(Text::Status) else {
            let facts = error.facts();
            return facts
                .is(Text::FalCode, Text::Network)
                .then(|| Failure::Network {
                    is_offline: facts.is_true(Text::IsOffline),
                    is_unsent: facts.is_true(Text::IsUnsent),
                });
        };
        let retry_after = answer.text(Text::RetryAfter);
        let is_listed = answer.value(Text::IsListed);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a status is small
        let status = status as u32 as u16;
        Some(Failure::Status {
            status,
            is_listed: (!is_listed.is_undefined()).then(|| is_listed.is_truthy()),
            retry_after_ms: retry_after
                .and_then(|value| retry_after_ms(&value, Date::now(), Date::parse)),
            user_timeout: answer.is(Text::TimeoutType, Text::User),
            is_passing: self.is_passing(status, error),
        })
    }

    /// Whether an HTTP error about a request that is there will pass, whatever its status.
    fn is_passing(&self, status: u16, error: &Error) -> bool {
        let body = error.facts().options(Text::Body);
        let detail = body.text(Text::Detail).unwrap_or_default();
        let is_known = self.is_acknowledged && !matches!(self.kind, Kind::Once(_));
        match self.phase {
            // The service answers with JSON; a page is from something in between.
            Phase::Result if status == 500 => body.as_js().is_string(),
            Phase::Result => is_known && answer::may_result_come(status, &detail),
            Phase::Follow => {
                let said = body.text(Text::Status).unwrap_or_default();
                is_known && status == 404 && !answer::is_unknown_request(&detail, &said)
            }
            _ => false,
        }
    }

    fn call(&self) -> Result<&Call, Error> {
        self.call
            .as_deref()
            .ok_or_else(|| Error::new(Text::Aborted))
    }
}

/// What a last status says of its request, where it says that it failed.
pub(super) fn has_failed(status: &Options) -> bool {
    let text = |name| status.text(name);
    answer::has_failed(
        text(Text::Error).as_deref(),
        text(Text::ReplyErrorType).as_deref(),
    )
}

/// Whether an event of a status stream counts.
#[cfg(feature = "npm")] // the typed client polls
pub(crate) fn is_followed_status(status: &Options, asked_id: &str) -> bool {
    let event = Options::empty();
    event.set_text(Text::Kind, Text::Json);
    event.set(Text::Said, status.as_js().clone());
    judge(Wanted::FollowedStatus, &event, asked_id) == Verdict::Believe
}

/// Judges an answer of 2xx by what `wire.js` read of it.
fn judge(wanted: Wanted, answer: &Options, asked_id: &str) -> Verdict {
    const KINDS: [(Text, Body); 7] = [
        (Text::Json, Body::Json),
        (Text::Bytes, Body::Bytes),
        (Text::Empty, Body::Empty),
        (Text::Broken, Body::Broken),
        (Text::Page, Body::Page),
        (Text::Events, Body::Events),
        (Text::Handled, Body::Handled),
    ];
    let kind = KINDS.iter().find(|(text, _)| answer.is(Text::Kind, *text));
    let said = answer.options(Text::Said);
    let status = said.text(Text::Status).unwrap_or_default();
    // A model's own output may have a `request_id`, too.
    let said_id = if matches!(wanted, Wanted::Status | Wanted::FollowedStatus) {
        said.text(Text::ReplyRequestId)
    } else {
        None
    };
    let named_id = said_id
        .or_else(|| answer.text(Text::Named))
        .unwrap_or_default();
    answer::judge(
        wanted,
        &Answer {
            body: kind.map_or(Body::Text, |(_, body)| *body),
            status: &status,
            is_like_status: !status.is_empty()
                && said.has(Text::ReplyRequestId)
                && said.has(Text::ResponseUrl),
            asked_id,
            named_id: &named_id,
            is_of_known_request: named_id != asked_id && is_known(&named_id),
        },
    )
}

fn text_of(problem: Problem) -> Text {
    match problem {
        Problem::Empty => Text::IsEmpty,
        Problem::Page => Text::IsPage,
        Problem::Events => Text::IsEvents,
        Problem::NoJson => Text::IsNoJson,
        Problem::NoStatus => Text::NoStatus,
        Problem::StatusForResult => Text::IsStatus,
        Problem::OtherRequest => Text::IsOfOtherRequest,
    }
}
