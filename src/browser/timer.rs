//! Timers of the page, cleared when dropped.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    // Global on every runtime; their handles are numbers in browsers, objects elsewhere.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue);
}

/// The longest delay that timers take; a longer one would fire at once.
const MAX_MS: f64 = 2_147_483_647.0;

struct Handle(JsValue);

impl Drop for Handle {
    fn drop(&mut self) {
        clear_timeout(&self.0);
    }
}

/// Calls back once, unless it is dropped before.
pub(crate) struct Timer {
    _handle: Handle,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// A timer that fires after `ms` milliseconds, or `None` where that is no delay to
    /// wait for: not a number, or beyond the 24 days that timers can count.
    pub(crate) fn new(ms: f64, callback: impl FnMut() + 'static) -> Option<Self> {
        if !(0.0..=MAX_MS).contains(&ms) {
            return None;
        }
        let callback = Closure::<dyn FnMut()>::new(callback);
        let handle = Handle(set_timeout(callback.as_ref().unchecked_ref(), ms));
        Some(Self {
            _handle: handle,
            _callback: callback,
        })
    }
}

/// Waits for `ms` milliseconds; dropping the future ends the wait.
pub(crate) async fn sleep(ms: f64) {
    let mut handle = None;
    let elapsed = Promise::new(&mut |resolve, _| {
        handle = Some(Handle(set_timeout(&resolve, ms.min(MAX_MS))));
    });
    let _ = JsFuture::from(elapsed).await;
    drop(handle);
}
