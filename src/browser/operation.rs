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
    task::{Context, Poll},
};

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{
    Config, Error, Phase,
    flow::{self, Boxed, Kind},
    options::Options,
    request::Request,
    watch::Watch,
};

/// What the parts of one call share.
pub(crate) struct Scope {
    pub(crate) config: Config,
    pub(crate) watch: Watch,
    is_submitting: Cell<bool>,
    is_abandoned: Cell<bool>,
    request: RefCell<Option<Rc<Request>>>,
    owns_request: Cell<bool>,
}

impl Scope {
    fn new(config: Config, signal: &JsValue) -> Result<Self, Error> {
        Ok(Self {
            config,
            watch: Watch::new(signal).map_err(Error::thrown)?,
            is_submitting: Cell::default(),
            is_abandoned: Cell::default(),
            request: RefCell::default(),
            owns_request: Cell::default(),
        })
    }

    /// Nobody waits for this call any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned.get()
    }

    /// Says whether a submit is on its way, and may arrive whatever happens here.
    pub(crate) fn set_submitting(&self, submitting: bool) {
        self.is_submitting.set(submitting);
    }

    /// From now on, this is the call's request: errors name it.
    pub(crate) fn set_request(&self, request: Rc<Request>) {
        self.request.replace(Some(request));
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

    /// Cancels the call's own request, if there is one, on the server.
    pub(crate) fn cancel_now(&self) {
        if self.owns_request.take()
            && let Some(request) = self.request.take()
        {
            cancel_abandoned(self.config.clone(), request);
        }
    }

    /// `error` with the id of its request, if there is one.
    fn named(&self, error: Error) -> Error {
        match self.request() {
            Some(request) => error.with_default("requestId", &request.id),
            None => error,
        }
    }
}

/// Cancels a request that nobody waits for any more. What comes of it concerns nobody: it may
/// have ended, or not be stoppable.
fn cancel_abandoned(config: Config, request: Rc<Request>) {
    let Ok(scope) = Scope::new(config, &JsValue::UNDEFINED) else {
        return;
    };
    scope.set_request(request);
    let nothing = JsValue::UNDEFINED;
    let options = Options::new(nothing.clone());
    let cancelled = flow::start(Kind::Once(Phase::Cancel), Rc::new(scope), nothing, options);
    spawn_local(async {
        let _ = cancelled.await;
    });
}

/// A call that runs.
pub(crate) struct Operation {
    scope: Rc<Scope>,
    stopped: JsFuture,
    work: Option<Boxed<JsValue>>,
}

impl Operation {
    /// Starts a call about `subject`, ended early by the caller's `abortSignal`.
    pub(crate) fn start(
        config: Config,
        subject: JsValue,
        options: Options,
        kind: Kind,
    ) -> Result<Self, Error> {
        let scope = Rc::new(Scope::new(config, &options.value("abortSignal"))?);
        let stopped = JsFuture::from(scope.watch.stopped());
        let work = Some(flow::start(kind, scope.clone(), subject, options));
        Ok(Self {
            scope,
            stopped,
            work,
        })
    }

    fn abandon(&mut self) {
        let Some(work) = self.work.take() else { return };
        self.scope.is_abandoned.set(true);
        self.scope.watch.release();
        if self.scope.is_submitting.get() {
            spawn_local(async move {
                let _ = work.await;
            });
            return;
        }
        drop(work);
        self.scope.watch.abort();
        self.scope.cancel_now();
    }
}

impl Future for Operation {
    type Output = Result<JsValue, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.work else {
            return Poll::Ready(Err(Error::new("aborted")));
        };
        if let Poll::Ready(outcome) = work.as_mut().poll(context) {
            self.work = None;
            self.scope.watch.release();
            if outcome.is_err() {
                // Nothing of a call that failed need go on.
                self.scope.watch.abort();
            }
            return Poll::Ready(outcome.map_err(|error| self.scope.named(error)));
        }
        let Poll::Ready(Err(reason)) = Pin::new(&mut self.stopped).poll(context) else {
            return Poll::Pending;
        };
        let error = Error::thrown(reason);
        if error.code().as_deref() == Some("timeout") {
            // The caller set the request a time, not only this call.
            self.scope.own_request();
        }
        let error = self.scope.named(error);
        self.abandon();
        Poll::Ready(Err(error))
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.abandon();
    }
}
