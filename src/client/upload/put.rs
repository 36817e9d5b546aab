//! Sends the bytes of a file, or of a part. `fetch` does not tell how much of a body is sent;
//! `XMLHttpRequest` does. So it also shows when no more bytes go out, and the try is given up.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_channel::oneshot;
use futures_util::{
    FutureExt,
    future::{Either, LocalBoxFuture, select},
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use super::{put_options::PutOptions, readable::check_readable};
use crate::client::{
    exchanged::Exchanged,
    loss::Loss,
    middleware::OutgoingRequest,
    page::{self, Listener},
    reply::{Content, Reply, ReplyHeaders},
};

const MEBIBYTE: f64 = 1_048_576.0;
/// A stall is noticed this late at most, in milliseconds.
const MOST_CHECK_MS: f64 = 5_000.0;

thread_local! {
    /// The bytes that are on their way unseen, of all uploads of this page: they share its line.
    static UNSEEN_BYTES: Cell<f64> = const { Cell::new(0.0) };
    /// When an upload was last answered.
    static ANSWERED_MS: Cell<f64> = const { Cell::new(0.0) };
    /// When bytes last went out, of any upload.
    static FLOWING_MS: Cell<f64> = const { Cell::new(0.0) };
    /// Whether an upload of this page has told of its bytes. Behind a service worker, none does.
    static HAS_TOLD: Cell<bool> = const { Cell::new(false) };
}

/// Sends the bytes, and reads the answer.
pub(super) fn send<'a>(
    request: &'a OutgoingRequest,
    bytes: &'a Blob,
    options: &'a PutOptions,
) -> LocalBoxFuture<'a, Exchanged> {
    send_readable(request, bytes, options).boxed_local()
}

async fn send_readable(request: &OutgoingRequest, bytes: &Blob, options: &PutOptions) -> Exchanged {
    let pass = match &options.gate {
        Some(gate) => Some(gate.enter().await),
        None => None,
    };
    if let Err(error) = check_readable(bytes).await {
        return Exchanged::Threw(error);
    }
    let exchanged = count_and_send(request, bytes, options).await;
    match &exchanged {
        Exchanged::Answered(..) => {
            options.sent.set(bytes.size());
            if let Some(pass) = pass {
                pass.succeed();
            }
        }
        Exchanged::Lost(_) => {
            // To browsers, a file that was changed on the disk is a connection that broke.
            if let Err(error) = check_readable(bytes).await {
                return Exchanged::Threw(error);
            }
        }
        Exchanged::Refused(_) | Exchanged::Threw(_) => {}
    }
    exchanged
}

async fn count_and_send(
    request: &OutgoingRequest,
    bytes: &Blob,
    options: &PutOptions,
) -> Exchanged {
    let xhr = match open(request) {
        Ok(xhr) => AbortOnDrop(xhr),
        Err(thrown) => return lost(page::message_of(&thrown)),
    };
    let flow = Rc::new(Flow::new(bytes.size(), options.stall_ms));
    let (sender, ended) = oneshot::channel();
    let _listeners = listen(&xhr.0, &flow, &options.sent, sender);
    if let Err(thrown) = xhr.0.send_with_opt_blob(Some(bytes)) {
        return lost(page::message_of(&thrown));
    }
    let stalled = std::pin::pin!(flow.watch());
    match select(ended, stalled).await {
        Either::Left((Ok(true), _)) => {
            ANSWERED_MS.set(page::clock_ms());
            read(&xhr.0)
        }
        Either::Left(_) => lost("Failed to send the bytes".into()),
        Either::Right((ms, _)) => {
            lost(format!("nothing was sent for {} s", (ms / 1_000.0).round()))
        }
    }
}

fn lost(message: String) -> Exchanged {
    Exchanged::Lost(Loss::new(message))
}

fn open(request: &OutgoingRequest) -> Result<XmlHttpRequest, JsValue> {
    let xhr = XmlHttpRequest::new()?;
    xhr.open(&request.method, &request.url)?;
    for (name, value) in &request.headers {
        xhr.set_request_header(name, value)?;
    }
    xhr.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    Ok(xhr)
}

/// Listens to the bytes that go out, and to the end: `true` if there is an answer.
fn listen(
    xhr: &XmlHttpRequest,
    flow: &Rc<Flow>,
    sent: &Rc<Cell<f64>>,
    ended: oneshot::Sender<bool>,
) -> Vec<Listener> {
    let ended = Rc::new(RefCell::new(Some(ended)));
    let end = |name, has_answer| {
        let ended = ended.clone();
        Listener::new(xhr.clone().into(), name, move |_| {
            if let Some(ended) = ended.borrow_mut().take() {
                let _ = ended.send(has_answer);
            }
        })
    };
    let mut listeners = vec![
        end("load", true),
        end("error", false),
        end("abort", false),
        end("timeout", false),
    ];
    if let Ok(upload) = xhr.upload() {
        let (moving, sent) = (flow.clone(), sent.clone());
        listeners.push(Listener::new(
            upload.clone().into(),
            "progress",
            move |event| {
                moving.advance();
                if let Ok(event) = event.dyn_into::<ProgressEvent>() {
                    // Chromium counts the headers, too.
                    sent.set(event.loaded().min(moving.size));
                }
            },
        ));
        let whole = flow.clone();
        listeners.push(Listener::new(upload.into(), "load", move |_| {
            whole.end_sending();
        }));
    }
    listeners
}

fn read(xhr: &XmlHttpRequest) -> Exchanged {
    let bytes = xhr.response().map(|body| Uint8Array::new(&body).to_vec());
    let bytes = bytes.unwrap_or_default();
    let mut reply = Reply {
        status: xhr.status().unwrap_or_default(),
        headers: ReplyHeaders::read(|name| xhr.get_response_header(name).ok().flatten()),
        ..Reply::default()
    };
    if (200..300).contains(&reply.status) {
        let is_json_due = !bytes.is_empty();
        reply.content = Content::read(&reply.headers.content_type, bytes, is_json_due);
        Exchanged::Answered(reply, None)
    } else {
        reply.content = Content::read_error(bytes);
        Exchanged::Refused(reply)
    }
}

struct AbortOnDrop(XmlHttpRequest);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        let _ = self.0.abort();
    }
}

/// How the bytes of one try go out, and when that counts as a stall.
struct Flow {
    size: f64,
    stall_ms: f64,
    began_ms: f64,
    moved_ms: Cell<f64>,
    is_begun: Cell<bool>,
    wait_ms: Cell<f64>,
    /// Its share of the unseen bytes.
    unseen: Cell<f64>,
}

impl Flow {
    fn new(size: f64, stall_ms: f64) -> Self {
        let began_ms = page::clock_ms();
        UNSEEN_BYTES.with(|bytes| bytes.set(bytes.get() + size));
        Self {
            size,
            stall_ms,
            began_ms,
            moved_ms: Cell::new(began_ms),
            is_begun: Cell::new(false),
            wait_ms: Cell::new(stall_ms),
            unseen: Cell::new(size),
        }
    }

    /// Bytes went out.
    fn advance(&self) {
        let now = page::clock_ms();
        self.moved_ms.set(now);
        self.is_begun.set(true);
        FLOWING_MS.set(now);
        HAS_TOLD.set(true);
        self.see();
    }

    /// The last bytes wait in the system's buffers, and take as long as those before them did.
    fn end_sending(&self) {
        self.wait_ms
            .set(self.stall_ms.max(page::clock_ms() - self.began_ms));
    }

    /// Its bytes are seen from now on, or have ended.
    fn see(&self) {
        let unseen = self.unseen.take();
        UNSEEN_BYTES.with(|bytes| bytes.set((bytes.get() - unseen).max(0.0)));
    }

    /// Waits for a stall: how long nothing was sent, in milliseconds.
    async fn watch(&self) -> f64 {
        loop {
            page::sleep((self.stall_ms / 10.0).min(MOST_CHECK_MS)).await;
            // The browser lets no more than six requests to one host go at a time: one that has sent
            // nothing may have to wait for the others.
            let last = if self.is_begun.get() {
                self.moved_ms.get()
            } else {
                self.began_ms.max(ANSWERED_MS.get()).max(FLOWING_MS.get())
            };
            let ms = page::clock_ms() - last;
            if ms > self.longest_wait_ms() {
                return ms;
            }
        }
    }

    /// If nobody sees how much is sent, a try may take as long for each mebibyte that is on its way.
    fn longest_wait_ms(&self) -> f64 {
        let is_telling = HAS_TOLD.get() && !page::has_service_worker();
        if self.is_begun.get() || is_telling {
            self.wait_ms.get()
        } else {
            self.stall_ms * (1.0 + UNSEEN_BYTES.get() / MEBIBYTE)
        }
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.see();
    }
}
