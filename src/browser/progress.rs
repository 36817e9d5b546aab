//! Bytes sent, over all the uploads of one call, told to the caller's `onUploadProgress`.

use std::{cell::RefCell, rc::Rc};

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::options::{object, set};

/// The progress of a call's uploads.
#[derive(Clone)]
pub(crate) struct Progress(Rc<Inner>);

struct Inner {
    callback: Option<Function>,
    /// Bytes sent and bytes in all, for each upload.
    uploads: RefCell<Vec<(f64, f64)>>,
}

/// One upload's share of it.
#[derive(Clone)]
pub(crate) struct Share {
    progress: Progress,
    index: usize,
}

impl Progress {
    /// Reports to `callback`, where there is one.
    pub(crate) fn new(callback: Option<Function>) -> Self {
        Self(Rc::new(Inner {
            callback,
            uploads: RefCell::default(),
        }))
    }

    /// Adds an upload of `total` bytes.
    pub(crate) fn add(&self, total: f64) -> Share {
        let mut uploads = self.0.uploads.borrow_mut();
        uploads.push((0.0, total));
        Share {
            progress: self.clone(),
            index: uploads.len() - 1,
        }
    }

    fn report(&self) {
        let Some(callback) = &self.0.callback else {
            return;
        };
        let (mut loaded, mut total) = (0.0, 0.0);
        for (sent, size) in self.0.uploads.borrow().iter() {
            loaded += sent;
            total += size;
        }
        let event = object();
        set(&event, "loaded", loaded);
        set(&event, "total", total);
        // What a progress bar throws must not fail the upload.
        let _ = callback.call1(&JsValue::UNDEFINED, &event);
    }
}

impl Share {
    /// Whether somebody listens: counting bytes takes another way of sending.
    pub(crate) fn is_watched(&self) -> bool {
        self.progress.0.callback.is_some()
    }

    /// Says how many bytes of this upload are sent. Never goes back, so that a part sent
    /// again does not move the bar the wrong way.
    pub(crate) fn set_loaded(&self, bytes: f64) {
        if let Some((loaded, total)) = self.progress.0.uploads.borrow_mut().get_mut(self.index) {
            *loaded = loaded.max(bytes.min(*total));
        }
        self.progress.report();
    }

    /// Says that all bytes are sent.
    pub(crate) fn finish(&self) {
        self.set_loaded(f64::INFINITY);
    }
}
