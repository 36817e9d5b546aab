//! Reads the body of an answer as it comes.

use gloo_net::http::Response;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader};

use super::{
    loss::Loss,
    page::{self, message_of, within},
};

/// Aborts a request when it is dropped. That has no effect on one that has ended.
pub(super) struct AbortOnDrop(Option<AbortController>);

impl AbortOnDrop {
    pub(super) fn new() -> Self {
        Self(AbortController::new().ok())
    }

    pub(super) fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Reads a body piece by piece. Dropping it ends the connection.
pub(super) struct BodyReader {
    reader: Option<ReadableStreamDefaultReader>,
    /// The read under way. It survives a future that was dropped while it waited.
    pending: Option<JsFuture>,
    /// The rest of a piece.
    rest: Option<Uint8Array>,
    _abort: AbortOnDrop,
}

/// A large piece is copied by this much at a time, in bytes.
const SLICE_BYTES: u32 = 65_536;

impl BodyReader {
    pub(super) fn new(response: &Response, abort: AbortOnDrop) -> Self {
        let stream = response.body();
        let reader = stream.and_then(|stream| ReadableStreamDefaultReader::new(&stream).ok());
        Self {
            reader,
            pending: None,
            rest: None,
            _abort: abort,
        }
    }

    /// The next bytes, `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Loss> {
        loop {
            if let Some(rest) = self.rest.take() {
                let length = rest.length();
                let slice = rest.subarray(0, SLICE_BYTES.min(length)).to_vec();
                self.rest = (length > SLICE_BYTES).then(|| rest.subarray(SLICE_BYTES, length));
                if !slice.is_empty() {
                    return Ok(Some(slice));
                }
            }
            let Some(reader) = &self.reader else {
                return Ok(None);
            };
            let pending = self
                .pending
                .get_or_insert_with(|| JsFuture::from(reader.read()));
            let read = pending.await;
            self.pending = None;
            let read = read.map_err(|thrown| Loss::new(message_of(&thrown)))?;
            if page::property(&read, "done").is_truthy() {
                self.reader = None;
                return Ok(None);
            }
            let bytes = page::property(&read, "value").dyn_into::<Uint8Array>();
            self.rest = Some(bytes.map_err(|_| Loss::new("the body holds no bytes".into()))?);
        }
    }

    /// All bytes, where each piece comes in time.
    pub(super) async fn read_all(&mut self, deadline_ms: Option<f64>) -> Result<Vec<u8>, Loss> {
        let mut bytes = Vec::new();
        loop {
            match within(deadline_ms, self.next()).await {
                None => return Err(Loss::late(deadline_ms.unwrap_or_default())),
                Some(Ok(Some(piece))) => bytes.extend(piece),
                Some(Ok(None)) => return Ok(bytes),
                Some(Err(loss)) => return Err(loss),
            }
        }
    }
}
