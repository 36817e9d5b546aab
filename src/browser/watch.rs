//! What ends a call early: its caller's signal, or its time. JavaScript keeps the listener
//! and the clock, and lets go of both.

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/browser/watch.js")]
extern "C" {
    /// Watches for one call.
    pub(crate) type Watch;

    /// Throws the reason of a signal that is aborted already.
    #[wasm_bindgen(constructor, catch)]
    pub(crate) fn new(signal: &JsValue) -> Result<Watch, JsValue>;

    /// Rejects when the call is to end early.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn stopped(this: &Watch) -> Promise;

    /// Starts the clock: after `ms` milliseconds `stopped` rejects. Anything but a number of
    /// milliseconds starts none.
    #[wasm_bindgen(method)]
    pub(crate) fn start(this: &Watch, ms: &JsValue);

    /// Lets go of the caller's signal and of the clock.
    #[wasm_bindgen(method)]
    pub(crate) fn release(this: &Watch);

    /// The signal that every request of this call carries.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn signal(this: &Watch) -> JsValue;

    /// Ends the call's requests and waits.
    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Watch);

    fn pause(ms: f64, signal: &JsValue) -> Promise;
}

/// Waits for `ms` milliseconds, or until `signal` is aborted.
pub(crate) async fn sleep(ms: f64, signal: &JsValue) {
    let _ = JsFuture::from(pause(ms, signal)).await;
}
