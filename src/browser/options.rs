//! Reading the plain objects that callers configure calls with. Values are hostile until
//! read: one of the wrong type counts as not given.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::texts::Text;

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    fn at(object: &JsValue, name: Text) -> JsValue;
    /// A property of any name, `undefined` where it is `null` or cannot be read.
    #[wasm_bindgen(js_name = at)]
    pub(crate) fn property(object: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = isAt)]
    fn is_at(object: &JsValue, name: Text, text: Text) -> bool;
    #[wasm_bindgen(js_name = setAt)]
    fn set_at(object: &JsValue, name: Text, value: &JsValue);
    #[wasm_bindgen(js_name = setAt)]
    fn set_text_at(object: &JsValue, name: Text, text: Text);
    #[wasm_bindgen(js_name = numberOf)]
    fn number_of(value: &JsValue) -> f64;
    fn empty() -> JsValue;
}

/// A property of any name, if it is a text.
#[cfg_attr(feature = "npm", allow(dead_code))] // for Rust apps
pub(crate) fn text_property(object: &JsValue, name: &str) -> Option<String> {
    property(object, name).as_string()
}

/// The value, if it is a number.
pub(crate) fn number(value: &JsValue) -> Option<f64> {
    let number = number_of(value);
    (!number.is_nan()).then_some(number)
}

/// An options object, as the caller gave it, or another object of properties.
#[derive(Clone, Default)]
pub(crate) struct Options(JsValue);

impl Options {
    pub(crate) fn new(object: JsValue) -> Self {
        Self(object)
    }

    /// A new object.
    pub(crate) fn empty() -> Self {
        Self(empty())
    }

    /// The property, `undefined` where it is `null` or cannot be read.
    pub(crate) fn value(&self, name: Text) -> JsValue {
        at(&self.0, name)
    }

    /// Whether the property is given.
    pub(crate) fn has(&self, name: Text) -> bool {
        !self.value(name).is_undefined()
    }

    #[inline(never)] // a call is smaller than this, and there are dozens
    pub(crate) fn text(&self, name: Text) -> Option<String> {
        self.value(name).as_string()
    }

    /// Whether the property is this text.
    pub(crate) fn is(&self, name: Text, text: Text) -> bool {
        is_at(&self.0, name, text)
    }

    pub(crate) fn number(&self, name: Text) -> Option<f64> {
        number(&self.value(name))
    }

    pub(crate) fn is_true(&self, name: Text) -> bool {
        self.value(name).is_truthy()
    }

    pub(crate) fn options(&self, name: Text) -> Self {
        Self(self.value(name))
    }

    /// Sets a property of an object that we made ourselves.
    #[inline(never)]
    #[allow(clippy::needless_pass_by_value)] // dropping here is smaller than dropping at each call
    pub(crate) fn set(&self, name: Text, value: JsValue) {
        set_at(&self.0, name, &value);
    }

    /// Sets it to a text.
    pub(crate) fn set_text(&self, name: Text, text: Text) {
        set_text_at(&self.0, name, text);
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
