//! JavaScript's side of a call: it waits for what the call waits for, and ends it early at
//! its caller's signal or when its time is over.

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/watch.js")]
extern "C" {
    /// Watches over one call, and has the signal that its requests carry.
    pub(crate) type Watch;

    /// Begins the call, whose `poll` is [`super::Task::poll`]: what it settles with. It is
    /// stopped at the `abortSignal` and the `detachSignal` of its options, and after `ms`
    /// milliseconds; anything but a number of milliseconds starts no clock. The options'
    /// `onOver` is called when nothing of the call goes on any more.
    pub(crate) fn begin(task: &JsValue, options: &JsValue, ms: &JsValue) -> Promise;

    /// Settles the call, if it is not settled.
    #[wasm_bindgen(method)]
    pub(crate) fn settle(this: &Watch, value: &JsValue, is_error: bool);

    /// Ends the requests and waits so far.
    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Watch);

    /// Waits for `ms` milliseconds, or until the call is stopped; with `wakes`, until the
    /// network is back or the page is seen again.
    pub(crate) fn pause(ms: f64, watch: &Watch, wakes: bool) -> Promise;

    /// Milliseconds by a clock that nobody sets.
    pub(crate) fn now() -> f64;

    /// Whether nobody sees the page.
    #[wasm_bindgen(js_name = isHidden)]
    pub(crate) fn is_hidden() -> bool;
}
