//! Saves the running request, so that the app can follow it after a reload.

use fal_wasm::RequestHandle;
use web_sys::Storage;

const KEY: &str = "fal-request";

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

pub fn save(request: &RequestHandle) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(request)) {
        // If saving fails, for example because storage is full, go on: only a reload then loses this request.
        let _ = storage.set_item(KEY, &text);
    }
}

pub fn load() -> Option<RequestHandle> {
    let text = storage()?.get_item(KEY).ok()??;
    serde_json::from_str(&text).ok()
}

pub fn forget() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}
