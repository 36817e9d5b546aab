//! One call of the public API, from its start until it settles: at its end, or at once
//! when its caller aborts it, its time runs out, or (in Rust) it is dropped.
//!
//! What an unsettled call leaves behind is cleaned up here: uploads and reads are cut off,
//! and a job that was submitted is cancelled on the server. A submit that is on its way
//! cannot be cut off, as it may have arrived: it is let finish, and then cancelled.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use super::{
    Config, Error,
    join::Boxed,
    options::Options,
    request::{Request, cancel_abandoned},
    timer::Timer,
};

/// What the parts of one call share.
pub(crate) struct Scope {
    pub(crate) config: Config,
    /// Ends the call's requests.
    controller: AbortController,
    stop: RefCell<Option<Error>>,
    waker: RefCell<Option<Waker>>,
    listener: RefCell<Option<Listener>>,
    timeout: RefCell<Option<Timer>>,
    is_submitting: Cell<bool>,
    is_abandoned: Cell<bool>,
    submitted: RefCell<Option<Rc<Request>>>,
}

impl Scope {
    fn new(config: Config) -> Result<Self, Error> {
        Ok(Self {
            config,
            controller: AbortController::new().map_err(Error::thrown)?,
            stop: RefCell::default(),
            waker: RefCell::default(),
            listener: RefCell::default(),
            timeout: RefCell::default(),
            is_submitting: Cell::default(),
            is_abandoned: Cell::default(),
            submitted: RefCell::default(),
        })
    }

    /// The signal that every request of this call carries.
    pub(crate) fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// Nobody waits for this call any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned.get()
    }

    /// Says whether a submit is on its way, and may arrive whatever happens here.
    pub(crate) fn set_submitting(&self, submitting: bool) {
        self.is_submitting.set(submitting);
    }

    /// From now on, this is the call's request: errors name it, and abandoning the call
    /// cancels it. (One that has completed by then stays as it is.)
    pub(crate) fn set_submitted(&self, request: Option<Request>) {
        self.submitted.replace(request.map(Rc::new));
    }

    /// The call's request, once it is in the queue.
    pub(crate) fn submitted(&self) -> Option<Rc<Request>> {
        self.submitted.borrow().clone()
    }

    /// Cancels the submitted request, if there is one, on the server.
    pub(crate) fn cancel_now(&self) {
        if let Some(request) = self.submitted.take() {
            cancel_abandoned(self.config.clone(), request);
        }
    }

    /// `error` with the id of the submitted request, if there is one.
    fn named(&self, error: Error) -> Error {
        match self.submitted() {
            Some(request) => error.with_default("requestId", &request.id),
            None => error,
        }
    }

    /// Settles the call with `error`.
    fn stop(&self, error: Error) {
        self.stop.borrow_mut().get_or_insert(error);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Starts the clock: after `ms` milliseconds the call settles with a timeout.
    pub(crate) fn start_timeout(self: &Rc<Self>, ms: f64) {
        let scope = Rc::downgrade(self);
        let timer = Timer::new(ms, move || {
            if let Some(scope) = scope.upgrade() {
                scope.stop(Error::new("timeout").with("timeoutMs", ms));
            }
        });
        self.timeout.replace(timer);
    }

    /// Follows the caller's `abortSignal`, if that is what `signal` is.
    fn follow_signal(self: &Rc<Self>, signal: JsValue) {
        let Ok(signal) = signal.dyn_into::<AbortSignal>() else {
            return;
        };
        let reason = Options::new(signal.clone().into());
        let scope = Rc::downgrade(self);
        let abort = move || {
            if let Some(scope) = scope.upgrade() {
                scope.stop(Error::thrown(reason.value("reason")));
            }
        };
        if signal.aborted() {
            abort();
        } else {
            self.listener.replace(Some(Listener::new(signal, abort)));
        }
    }

    /// Lets go of the caller's signal and of the clock.
    fn release(&self) {
        self.listener.take();
        self.timeout.take();
    }
}

/// A listener for `abort`, removed when dropped, so that signals that live long do not
/// collect one for every call.
struct Listener {
    signal: AbortSignal,
    callback: Closure<dyn FnMut()>,
}

impl Listener {
    fn new(signal: AbortSignal, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let function = callback.as_ref().unchecked_ref();
        let _ = signal.add_event_listener_with_callback("abort", function);
        Self { signal, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = self
            .signal
            .remove_event_listener_with_callback("abort", function);
    }
}

/// A call that runs.
pub(crate) struct Operation {
    scope: Rc<Scope>,
    work: Option<Boxed<'static, JsValue>>,
}

impl Operation {
    /// Starts a call with this work, ended early by the caller's `abortSignal`.
    pub(crate) fn start(
        config: Config,
        signal: JsValue,
        work: impl FnOnce(Rc<Scope>) -> Boxed<'static, JsValue>,
    ) -> Result<Self, Error> {
        let scope = Rc::new(Scope::new(config)?);
        scope.follow_signal(signal);
        let work = Some(work(scope.clone()));
        Ok(Self { scope, work })
    }

    fn abandon(&mut self) {
        let Some(work) = self.work.take() else { return };
        self.scope.is_abandoned.set(true);
        self.scope.release();
        if self.scope.is_submitting.get() {
            spawn_local(async move {
                let _ = work.await;
            });
            return;
        }
        drop(work);
        self.scope.controller.abort();
        self.scope.cancel_now();
    }
}

impl Future for Operation {
    type Output = Result<JsValue, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.scope.waker.replace(Some(context.waker().clone()));
        if let Some(error) = self.scope.stop.take() {
            let error = self.scope.named(error);
            self.abandon();
            return Poll::Ready(Err(error));
        }
        let Some(work) = &mut self.work else {
            return Poll::Ready(Err(Error::new("aborted")));
        };
        let Poll::Ready(outcome) = work.as_mut().poll(context) else {
            return Poll::Pending;
        };
        self.work = None;
        self.scope.release();
        if outcome.is_err() {
            // One of several uploads failed: the others need not go on.
            self.scope.controller.abort();
        }
        Poll::Ready(outcome.map_err(|error| self.scope.named(error)))
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.abandon();
    }
}
