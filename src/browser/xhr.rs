//! Sending bytes with progress. `fetch` does not tell how much of a body is sent;
//! `XMLHttpRequest` does.

use js_sys::{Object, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ProgressEvent, XmlHttpRequest};

use super::{Options, progress::Share};

/// A request that is cut off when dropped before its end.
struct Sending(XmlHttpRequest);

impl Drop for Sending {
    fn drop(&mut self) {
        if let Ok(upload) = self.0.upload() {
            upload.set_onprogress(None);
        }
        let _ = self.0.abort();
    }
}

/// Sends a `Blob`, reporting to `progress`. Gives the HTTP status, 0 where there was no
/// answer, and the answer's text. Errs where this runtime has no `XMLHttpRequest`.
pub(crate) async fn send(
    method: &str,
    url: &str,
    headers: &Object,
    body: &JsValue,
    progress: &Share,
) -> Result<(u16, JsValue), JsValue> {
    let sending = Sending(XmlHttpRequest::new()?);
    let request = &sending.0;
    request.open(method, url)?;
    for (name, value) in Options::new(headers.into()).entries() {
        request.set_request_header(&name, &value.as_string().unwrap_or_default())?;
    }
    let share = progress.clone();
    let on_progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        share.set_loaded(event.loaded());
    });
    let upload = request.upload()?;
    upload.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    let ended = Promise::new(&mut |resolve, _| {
        // Comes after load, error, abort and timeout alike; the status tells them apart.
        request.set_onloadend(Some(&resolve));
    });
    request.send_with_opt_blob(body.dyn_ref::<Blob>())?;
    JsFuture::from(ended).await?;
    let text = request.response_text()?.map(JsValue::from);
    Ok((request.status()?, text.unwrap_or_default()))
}
