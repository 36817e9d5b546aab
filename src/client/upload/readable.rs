//! A chosen file stays on the disk, where it may be deleted or changed before its bytes are sent.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::super::error::Error;

/// Fails if the bytes cannot be read any more, or are fewer than they were. Browsers would send nothing
/// for long, and call it a lost connection.
pub(super) async fn check_readable(bytes: &Blob) -> Result<(), Error> {
    let size = bytes.size();
    // The first byte and the last one. Chromium calls a deleted file empty.
    for (start, end) in [(0.0, size.min(1.0)), ((size - 1.0).max(0.0), size)] {
        let sample = slice(bytes, start, end)?;
        if read(&sample).await?.is_empty() && size > 0.0 {
            return Err(unreadable());
        }
    }
    Ok(())
}

/// The bytes of a file.
pub(in super::super) async fn read(blob: &Blob) -> Result<Vec<u8>, Error> {
    let buffer = JsFuture::from(blob.array_buffer()).await;
    let buffer = buffer
        .ok()
        .and_then(|buffer| buffer.dyn_into::<ArrayBuffer>().ok());
    let buffer = buffer.ok_or_else(unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A part of a file.
pub(super) fn slice(blob: &Blob, start: f64, end: f64) -> Result<Blob, Error> {
    blob.slice_with_f64_and_f64(start, end)
        .map_err(|_| unreadable())
}

fn unreadable() -> Error {
    Error::argument(
        "file",
        "cannot be read: it was changed, moved or deleted since it was chosen",
    )
}
