//! How the bytes of a file are sent.

use std::{cell::Cell, rc::Rc};

use futures_util::future::LocalBoxFuture;
use web_sys::Blob;

use super::gate::Gate;
use crate::client::{exchanged::Exchanged, middleware::OutgoingRequest};

/// Sends the bytes of a file.
pub(in super::super) type Put =
    for<'a> fn(&'a OutgoingRequest, &'a Blob, &'a PutOptions) -> LocalBoxFuture<'a, Exchanged>;

/// How the bytes of a file are sent.
#[derive(Debug, Clone)]
pub(in super::super) struct PutOptions {
    /// [`send`](super::put::send), as a pointer: apps without uploads are built without it.
    pub(in super::super) send: Put,
    /// A try that sends nothing for so long is given up.
    pub(super) stall_ms: f64,
    /// Counts the bytes sent.
    pub(super) sent: Rc<Cell<f64>>,
    /// Limits how many parts go at once.
    pub(super) gate: Option<Rc<Gate>>,
    /// HTTP statuses worth another try.
    pub(in super::super) retry_statuses: Option<Vec<u16>>,
}
