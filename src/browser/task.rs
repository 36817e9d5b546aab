//! One call of the public API, from its start until it settles: at its end, or at once when
//! its caller aborts it or its time runs out. JavaScript waits for it (see `watch.js`): every
//! promise of a call is one of JavaScript's, so the module needs no executor of its own.
//!
//! What an unsettled call leaves behind is cleaned up here: uploads and reads are cut off,
//! and a job that was submitted is cancelled on the server. A submit that is on its way
//! cannot be cut off, as it may have arrived: it is let finish, and then cancelled.

use std::{
    rc::Rc,
    task::{Context, Poll, Waker},
};

use wasm_bindgen::JsValue;

use super::{
    Config, Error, Phase, Scope,
    flow::{self, Boxed, Kind},
    options::Options,
};

/// What the call waited for was rejected.
const REJECTED: u8 = 1;
/// The call is to end early, for this reason.
const STOP: u8 = 2;

/// A call that runs.
pub(crate) struct Task {
    scope: Rc<Scope>,
    work: Option<Boxed<JsValue>>,
}

impl Task {
    /// A call about `subject`, which begins when it is first polled.
    pub(crate) fn new(config: Config, subject: JsValue, options: Options, kind: Kind) -> Self {
        let scope = Scope::new(config, &options);
        let work = Some(flow::start(kind, scope.clone(), subject, options));
        Self { scope, work }
    }

    /// What the call's caller waits by.
    pub(crate) fn scope(&self) -> &Rc<Scope> {
        &self.scope
    }

    /// Goes on: with `value`, what came of the promise that was given last, or with the
    /// reason to stop. Gives the promise to wait for now, `undefined` where that is the
    /// same as before, and `null` when there is nothing left to do.
    pub(crate) fn poll(&mut self, command: u8, value: JsValue) -> JsValue {
        match command {
            STOP => return self.stop(value),
            REJECTED => self.scope.give(Err(value)),
            _ => self.scope.give(Ok(value)),
        }
        self.go_on()
    }

    fn go_on(&mut self) -> JsValue {
        while let Some(work) = &mut self.work {
            let mut context = Context::from_waker(Waker::noop());
            let Poll::Ready(outcome) = work.as_mut().poll(&mut context) else {
                return self.scope.take_asked();
            };
            if outcome.is_err() {
                // Nothing of a call that failed need go on.
                self.scope.watch.abort();
            }
            self.scope.settle(outcome);
            self.work = self.cancelling();
        }
        JsValue::NULL
    }

    fn stop(&mut self, reason: JsValue) -> JsValue {
        let error = Error::thrown(reason);
        if error.code().as_deref() == Some("timeout") {
            // The caller set the request a time, not only this call.
            self.scope.own_request();
        }
        self.scope.is_abandoned.set(true);
        self.scope.settle(Err(error));
        if self.scope.is_submitting.get() {
            return JsValue::UNDEFINED;
        }
        self.scope.watch.abort();
        self.work = self.cancelling();
        self.go_on()
    }

    /// Cancels a request that nobody waits for any more. What comes of it concerns nobody: it
    /// may have ended, or not be stoppable.
    fn cancelling(&self) -> Option<Boxed<JsValue>> {
        let options = Options::new(JsValue::UNDEFINED);
        let cancel = Kind::Once(Phase::Cancel);
        self.scope
            .is_to_cancel()
            .then(|| flow::start(cancel, self.scope.clone(), JsValue::UNDEFINED, options))
    }
}
