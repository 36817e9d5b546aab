//! A request handle as a JavaScript value, for workers and `IndexedDB`.

use fal_wasm::{Error, RequestHandle};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_handle_survives_as_a_javascript_value() {
    let handle = RequestHandle::new("acme/app", "r-1");
    let value = handle.to_js().expect("a value");
    let id = js_sys::Reflect::get(&value, &"request_id".into()).expect("an object");
    assert_eq!(id.as_string().as_deref(), Some("r-1"));
    let read = RequestHandle::from_js(value).expect("a handle");
    assert_eq!(read, handle);
}

#[wasm_bindgen_test]
fn a_value_that_is_no_handle_is_refused_by_name() {
    for value in [
        JsValue::NULL,
        JsValue::from(5),
        js_sys::Object::new().into(),
    ] {
        let refused = RequestHandle::from_js(value);
        assert!(
            matches!(
                refused,
                Err(Error::InvalidArgument {
                    argument: "handle",
                    ..
                })
            ),
            "{refused:?}"
        );
    }
}
