//! The request under way, saved so that a reload goes on with it.

use fal_wasm::RequestHandle;
use web_sys::Storage;

const KEY: &str = "request";

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

pub(crate) fn save(request: &RequestHandle) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(request)) {
        let _ = storage.set_item(KEY, &text);
    }
}

pub(crate) fn load() -> Option<RequestHandle> {
    let text = storage()?.get_item(KEY).ok()??;
    serde_json::from_str(&text).ok()
}

pub(crate) fn forget() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}
