//! What the parts of one call share.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::{Config, Error, options::Options, request::Request, watch::Watch};

/// One call: its configuration, what ends it early, and the request that it is about.
pub(crate) struct Scope {
    pub(crate) config: Config,
    pub(crate) watch: Watch,
    /// A submit is on its way, and may arrive whatever happens here.
    pub(crate) is_submitting: Cell<bool>,
    /// Nobody waits for this call any more.
    pub(crate) is_abandoned: Cell<bool>,
    request: RefCell<Option<Rc<Request>>>,
    owns_request: Cell<bool>,
    /// What the call waits for, until JavaScript takes it.
    asked: Cell<JsValue>,
    /// What came of that, until the call takes it.
    answer: Cell<Option<Result<JsValue, JsValue>>>,
}

/// What comes of the promise that a call waits for.
pub(crate) struct Settled<'a>(&'a Scope);

impl Future for Settled<'_> {
    type Output = Result<JsValue, JsValue>;

    // Nobody needs to be woken: JavaScript asks when there is an answer.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.answer.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Scope {
    /// For a call with these options, which its caller may end early by their `abortSignal`.
    pub(crate) fn new(config: Config, options: &Options) -> Rc<Self> {
        Rc::new(Self {
            config,
            watch: Watch::new(&options.value("abortSignal")),
            is_submitting: Cell::default(),
            is_abandoned: Cell::default(),
            request: RefCell::default(),
            owns_request: Cell::default(),
            asked: Cell::default(),
            answer: Cell::default(),
        })
    }

    /// Waits for a promise. JavaScript does the waiting: see [`super::Task`].
    pub(crate) fn settled(&self, promise: Promise) -> Settled<'_> {
        self.asked.set(promise.into());
        // Whatever was given before is no answer to this.
        self.answer.take();
        Settled(self)
    }

    /// What the call waits for.
    pub(crate) fn take_asked(&self) -> JsValue {
        self.asked.take()
    }

    /// What came of it.
    pub(crate) fn give(&self, answer: Result<JsValue, JsValue>) {
        self.answer.set(Some(answer));
    }

    /// From now on, this is the call's request: errors name it.
    pub(crate) fn set_request(&self, request: Request) {
        self.request.replace(Some(Rc::new(request)));
    }

    /// The call's request, once it is in the queue.
    pub(crate) fn request(&self) -> Option<Rc<Request>> {
        self.request.borrow().clone()
    }

    /// Abandoning the call cancels its request, too: nobody else knows of it, or its caller
    /// set it a time. (One that has completed by then stays as it is.)
    pub(crate) fn own_request(&self) {
        self.owns_request.set(true);
    }

    /// Whether there is a request that nobody waits for any more. Asked once.
    pub(crate) fn is_to_cancel(&self) -> bool {
        self.is_abandoned.take() && self.owns_request.take() && self.request.borrow().is_some()
    }

    /// Settles the call, if it is not settled: errors name its request, if there is one.
    pub(crate) fn settle(&self, outcome: Result<JsValue, Error>) {
        match outcome {
            Ok(value) => self.watch.settle(&value, false),
            Err(error) => {
                let error = match self.request() {
                    Some(request) => error.with_default("requestId", &request.id),
                    None => error,
                };
                self.watch.settle(error.as_js(), true);
            }
        }
    }
}
