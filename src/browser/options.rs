//! Reading the plain objects that callers configure calls with. Values are hostile until
//! read: one of the wrong type counts as not given.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

/// An options object, as the caller gave it.
#[derive(Clone)]
pub(crate) struct Options(JsValue);

impl Options {
    pub(crate) fn new(object: JsValue) -> Self {
        Self(object)
    }

    /// The property, `undefined` where it cannot be read.
    #[inline(never)] // a call is smaller than this, and there are dozens
    pub(crate) fn value(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    /// The property unless it is `undefined` or `null`.
    pub(crate) fn given(&self, name: &str) -> Option<JsValue> {
        let value = self.value(name);
        (!value.is_undefined() && !value.is_null()).then_some(value)
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

    #[inline(never)]
    pub(crate) fn function(&self, name: &str) -> Option<Function> {
        self.value(name).dyn_into().ok()
    }

    /// Every own property, none where this is no object.
    pub(crate) fn entries(&self) -> Vec<(String, JsValue)> {
        if !self.0.is_object() {
            return Vec::new();
        }
        let names = Object::keys(self.0.unchecked_ref::<Object>());
        let names = names.iter().filter_map(|name| name.as_string());
        let entry = |name: String| {
            let value = self.value(&name);
            (name, value)
        };
        names.map(entry).collect()
    }

    pub(crate) fn options(&self, name: &str) -> Self {
        Self(self.value(name))
    }

    /// This property where it is given, else the client's.
    pub(crate) fn or_config(&self, name: &str, config: &Config) -> JsValue {
        self.given(name).unwrap_or_else(|| config.0.value(name))
    }
}

/// The client's configuration: `credentials`, `proxyUrl`, `proxyWhen`, `fetch`,
/// `requestMiddleware`, `retry`, `files`, `validate`.
#[derive(Clone)]
pub(crate) struct Config(pub(crate) Options);

impl Config {
    pub(crate) fn new(object: JsValue) -> Self {
        Self(Options::new(object))
    }
}

#[wasm_bindgen]
extern "C" {
    /// Any value as text, as JavaScript writes it; formatting numbers in Rust costs kilobytes.
    #[wasm_bindgen(js_name = String, catch)]
    fn string(value: &JsValue) -> Result<String, JsValue>;
}

/// A value as JavaScript writes it; empty for one that has no text.
pub(crate) fn written(value: &JsValue) -> String {
    string(value).unwrap_or_default()
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
    let _ = Reflect::set(object, &name.into(), &value);
}
