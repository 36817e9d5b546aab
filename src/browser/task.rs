//! One call of the public API, from its start until it settles: at its end, or at once when
//! its caller aborts it or its time runs out. JavaScript waits for it (see `watch.js`), and
//! tells what came of each promise; so the module needs no executor, and no futures.
//!
//! What an unsettled call leaves behind is cleaned up here: uploads and reads are cut off,
//! and a job that was submitted is cancelled on the server, unless the caller detached from it.
//! A submit in flight cannot be cut off, as it may have arrived: the task waits for its
//! request id, has the request saved, and then cancels it.

use std::{mem::take, rc::Rc};

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};

use super::{
    Config, Error, Phase,
    flow::Kind,
    http::Call,
    options::Options,
    request::Request,
    texts::Text,
    watch::{Watch, begin},
};
use crate::endpoint::EndpointId;

/// What the call waited for was rejected.
const REJECTED: u8 = 1;
/// The call is to end early, for this reason.
const STOP: u8 = 2;

/// A call that runs.
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub(crate) struct Task {
    pub(super) config: Config,
    pub(super) kind: Kind,
    /// An endpoint id, or the bytes of a file.
    pub(super) subject: JsValue,
    pub(super) options: Options,
    pub(super) watch: Watch,
    pub(super) waits: Waits,
    /// The HTTP call under way, and how often it was tried again.
    pub(super) call: Option<Box<Call>>,
    pub(super) attempt: u32,
    /// A try failed, and no answer came since.
    pub(super) is_retrying: bool,
    pub(super) phase: Phase,
    pub(super) endpoint: Option<Rc<EndpointId>>,
    /// What the call is about, once it is in the queue.
    pub(super) request: Option<Box<Request>>,
    /// Abandoning the call cancels its request, too: nobody else knows of it, or its caller
    /// set it a time. (One that has completed by then stays as it is.)
    pub(super) owns_request: bool,
    /// The service has said that it has the request.
    pub(super) is_acknowledged: bool,
    /// Whether the next answer may come from a cache.
    pub(super) freshness: Freshness,
    /// What polls have said.
    pub(super) news: News,
    /// Nobody waits for this call any more.
    pub(super) is_abandoned: bool,
    /// The caller left the job running: it is not cancelled.
    pub(super) is_detached: bool,
    /// The answer to the submit; then the last status.
    pub(super) last: Options,
    /// When the request began to be followed, by [`super::watch::now`].
    pub(super) began: Option<f64>,
}

/// How a call reads past the caches between it and the service. Requests of a proxy share one URL, by
/// which a cache may mix their answers up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// As every call: caches of HTTP are not asked.
    Usual,
    /// An answer was none, or another request's: each try has a URL of its own.
    OwnUrls,
    /// The server knows no URL but its own.
    SharedUrlOnly,
}

/// The last status that polls said, and since when.
#[derive(Default)]
pub(super) struct News {
    pub(super) at: Option<f64>,
    pub(super) status: String,
    pub(super) position: f64,
    /// The poll under way checks that no cache gives the same status again and again.
    pub(super) is_cross_checked: bool,
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// Its beginning.
    Start,
    /// The caller's middleware.
    Routed,
    /// An answer.
    Answered,
    /// The time to try again.
    Retry,
    /// The caller, who notes the request.
    Noted,
    /// A stream of statuses, which JavaScript reads.
    Streamed,
    /// The caller, who is told a status.
    Told,
    /// The time to ask again.
    Paused,
    /// Nothing: it has ended.
    Over,
}

impl Task {
    /// A call about `subject`, an endpoint id or the bytes of a file.
    pub(crate) fn new(config: Config, subject: JsValue, options: Options, kind: Kind) -> Self {
        Self {
            config,
            kind,
            subject,
            options,
            watch: JsValue::UNDEFINED.unchecked_into(),
            waits: Waits::Start,
            call: None,
            attempt: 0,
            is_retrying: false,
            phase: Phase::Submit,
            endpoint: None,
            request: None,
            owns_request: false,
            is_acknowledged: false,
            freshness: Freshness::Usual,
            news: News::default(),
            is_abandoned: false,
            is_detached: false,
            last: Options::default(),
            began: None,
        }
    }

    /// Begins the call: what it settles with. `wrapped` makes of it what JavaScript polls.
    pub(crate) fn begin(self, wrapped: impl FnOnce(Self) -> JsValue) -> Promise {
        let options = self.options.clone();
        let ms = if self.kind.has_clock() {
            self.options.value(Text::Timeout)
        } else {
            JsValue::UNDEFINED
        };
        begin(&wrapped(self), options.as_js(), &ms)
    }

    /// Goes on: with `value`, what came of the promise that was given last, or with the
    /// reason to stop; the first time with its [`Watch`]. Gives the promise to wait for now,
    /// `undefined` where that is the same as before, and `null` when there is nothing left to do.
    pub(crate) fn poll(&mut self, command: u8, value: JsValue) -> JsValue {
        match command {
            STOP => self.stop(value),
            REJECTED => self.go_on(Err(value)),
            _ => self.go_on(Ok(value)),
        }
    }

    fn go_on(&mut self, outcome: Result<JsValue, JsValue>) -> JsValue {
        match self.step(outcome) {
            Ok(value) if self.waits == Waits::Over => self.watch.settle(&value, false),
            Ok(promise) => return promise,
            Err(error) => {
                // Nothing of a call that failed need go on.
                self.watch.abort();
                self.reject(error);
            }
        }
        self.cancel()
    }

    fn stop(&mut self, reason: JsValue) -> JsValue {
        let mut error = Error::thrown(reason);
        if error.facts().is(Text::FalCode, Text::Timeout) {
            // The caller set the request a time, not only this call.
            self.owns_request = true;
        }
        if error.facts().is(Text::FalCode, Text::Detached) {
            self.is_detached = true;
            self.owns_request = false;
        }
        self.is_abandoned = true;
        let is_submitting = self.is_submitting();
        if is_submitting {
            error = error.with_text(Text::Operation, Text::Submit);
        }
        self.reject(error);
        if is_submitting {
            return JsValue::UNDEFINED;
        }
        self.watch.abort();
        self.cancel()
    }

    /// A submit is on its way, and may arrive whatever happens here.
    fn is_submitting(&self) -> bool {
        self.phase == Phase::Submit && matches!(self.waits, Waits::Routed | Waits::Answered)
    }

    /// Errors name the call's request, if there is one.
    fn reject(&self, error: Error) {
        let error = match &self.request {
            Some(request) => error.with_default(Text::RequestId, &request.id),
            None => error,
        };
        self.watch.settle(error.as_js(), true);
    }

    /// Cancels a request that nobody waits for any more, once. The call has settled: what comes
    /// of the cancel goes to the options' `onOver`.
    fn cancel(&mut self) -> JsValue {
        let is_wanted = take(&mut self.is_abandoned) && take(&mut self.owns_request);
        if is_wanted && self.request.is_some() {
            self.kind = Kind::Once(Phase::Cancel);
            if let Ok(promise) = self.ask(Phase::Cancel) {
                return promise;
            }
        }
        JsValue::NULL
    }
}
