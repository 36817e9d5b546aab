//! JavaScript's side of a call: it waits for what the call waits for, and ends it early at
//! its caller's signal or when its time is over.

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/watch.js")]
extern "C" {
    /// Watches over one call.
    #[derive(Clone)]
    pub(crate) type Watch;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(signal: &JsValue) -> Watch;

    /// Begins the call, whose `poll` is [`super::Task::poll`]: what it settles with.
    #[wasm_bindgen(method)]
    pub(crate) fn begin(this: &Watch, task: &JsValue) -> Promise;

    /// Starts the clock: after `ms` milliseconds the call is stopped. Anything but a number
    /// of milliseconds starts none.
    #[wasm_bindgen(method)]
    pub(crate) fn start(this: &Watch, ms: &JsValue);

    /// Settles the call.
    #[wasm_bindgen(method)]
    pub(crate) fn settle(this: &Watch, value: &JsValue, is_error: bool);

    /// The signal that the requests of this call carry.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn signal(this: &Watch) -> JsValue;

    /// Ends the requests and waits so far.
    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Watch);

    /// Stops the call, for a reason.
    #[cfg_attr(feature = "npm", allow(dead_code))]
    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &Watch, reason: &JsValue);

    /// Waits for `ms` milliseconds, or until `signal` is aborted; with `wakes`, until the
    /// network is back or the page is seen again.
    pub(crate) fn pause(ms: f64, signal: &JsValue, wakes: bool) -> Promise;

    /// Whether nobody sees the page.
    #[wasm_bindgen(js_name = isHidden)]
    pub(crate) fn is_hidden() -> bool;
}
