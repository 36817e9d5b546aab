//! Reading the plain objects that callers configure calls with. Values are hostile until
//! read: one of the wrong type counts as not given.

use js_sys::Object;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    fn at(object: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = setAt)]
    fn set_at(object: &JsValue, name: &str, value: &JsValue);
}

/// An options object, as the caller gave it.
#[derive(Clone, Default)]
pub(crate) struct Options(JsValue);

impl Options {
    pub(crate) fn new(object: JsValue) -> Self {
        Self(object)
    }

    /// The property, `undefined` where it is `null` or cannot be read.
    #[inline(never)] // a call is smaller than this, and there are dozens
    pub(crate) fn value(&self, name: &str) -> JsValue {
        at(&self.0, name)
    }

    /// The property unless it is `undefined` or `null`.
    pub(crate) fn given(&self, name: &str) -> Option<JsValue> {
        let value = self.value(name);
        (!value.is_undefined()).then_some(value)
    }

    #[inline(never)]
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).as_string()
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.value(name).as_f64()
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.value(name).is_truthy()
    }

    pub(crate) fn options(&self, name: &str) -> Self {
        Self(self.value(name))
    }

    /// Sets a property of an object that we made ourselves.
    pub(crate) fn set(&self, name: &str, value: impl Into<JsValue>) {
        set_at(&self.0, name, &value.into());
    }

    pub(crate) fn as_js(&self) -> &JsValue {
        &self.0
    }

    pub(crate) fn into_js(self) -> JsValue {
        self.0
    }
}

/// The client's configuration: `credentials`, `requestMiddleware`, `responseHandler`,
/// `fetch`, `put` (a `fetch` for presigned URLs), `userAgent`, `retry`.
#[derive(Clone)]
pub(crate) struct Config(pub(crate) Options);

impl Config {
    pub(crate) fn new(object: JsValue) -> Self {
        Self(Options::new(object))
    }
}

/// A new, empty object.
pub(crate) fn object() -> Object {
    Object::new()
}

/// Sets a property of an object that we made ourselves, which cannot fail.
pub(crate) fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    set_value(object, name, value.into());
}

#[inline(never)]
#[allow(clippy::needless_pass_by_value)] // dropping here is smaller than dropping at each call
fn set_value(object: &Object, name: &str, value: JsValue) {
    set_at(object, name, &value);
}
