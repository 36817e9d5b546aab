//! The JavaScript surface of the npm package: convert, call, convert back. Options and
//! results are described in the package's TypeScript; `js/` wraps these functions and
//! turns what they reject with into exceptions. Calls resolve with the service's answer:
//! `{ response, body, requestId }`, its body as it was read.

#![allow(clippy::needless_pass_by_value)] // wasm-bindgen hands values over

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    browser::{self, Config, Kind, Options, Phase, Step},
    sse, upload_plan,
};

/// Blocks that are free in a list: a fraction of the default allocator's size, and quick where
/// few are, as calls keep little here.
#[cfg(not(target_feature = "atomics"))]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// Submits a request, follows it, and fetches its result.
#[wasm_bindgen]
pub fn subscribe(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Subscribe)
}

/// Follows a request that was submitted before, and fetches its result.
#[wasm_bindgen]
pub fn resume(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Resume)
}

/// Submits a request.
#[wasm_bindgen]
pub fn submit(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Submit))
}

/// Fetches the status of a request.
#[wasm_bindgen]
pub fn status(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Status))
}

/// Fetches the result of a request.
#[wasm_bindgen]
pub fn result(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Result))
}

/// Cancels a request.
#[wasm_bindgen]
pub fn cancel(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Cancel))
}

/// Follows a request to its end: its last status.
#[wasm_bindgen]
pub fn follow(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Follow)
}

/// Runs a model while the connection lasts.
#[wasm_bindgen]
pub fn run(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Run))
}

/// Starts a stream: the body is its `Response`.
#[wasm_bindgen]
pub fn open(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Stream))
}

/// Asks for a token for one app.
#[wasm_bindgen]
pub fn token(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Token))
}

/// Asks for a place for a file, whose type and name the body says.
#[wasm_bindgen]
pub fn initiate(config: JsValue, body: JsValue, options: JsValue) -> Promise {
    call(
        config,
        body,
        options,
        Kind::Once(Phase::Storage(Step::Initiate)),
    )
}

/// Puts the bytes of a file, or of a part of it, to their place.
#[wasm_bindgen]
pub fn put(config: JsValue, body: JsValue, options: JsValue) -> Promise {
    call(config, body, options, Kind::Once(Phase::Storage(Step::Put)))
}

/// Says that all parts of a file are there, which the body lists.
#[wasm_bindgen]
pub fn complete(config: JsValue, body: JsValue, options: JsValue) -> Promise {
    call(
        config,
        body,
        options,
        Kind::Once(Phase::Storage(Step::Complete)),
    )
}

/// How many bytes of a file of `size` bytes go up at a time: all of them, or a part. In place
/// of `undefined` the defaults hold.
#[wasm_bindgen]
pub fn part_bytes(size: f64, threshold: f64, part_size: f64) -> f64 {
    upload_plan::part_bytes(size, threshold, part_size)
}

/// Checks an endpoint id and, where it is known and `validate` says so, its input: the facts of
/// what is wrong, `undefined` where nothing is.
#[wasm_bindgen]
pub fn check(endpoint_id: JsValue, input: JsValue, validate: bool) -> JsValue {
    let checked = browser::endpoint(&endpoint_id).and_then(|endpoint| {
        if validate {
            browser::check(&endpoint, &input)?;
        }
        Ok(())
    });
    checked.map_or_else(Into::into, |()| JsValue::UNDEFINED)
}

/// Whether an event of a stream of statuses counts: whether it is a status of this protocol, of
/// the request that is followed.
#[wasm_bindgen]
pub fn is_followed_status(status: JsValue, request_id: &str) -> bool {
    browser::is_followed_status(&Options::new(status), request_id)
}

/// Reads the next bytes of a stream of server-sent events, and leaves their data at the
/// beginning, as [`sse::Events::read`] tells: how many bytes these are, times
/// [`sse::Events::STATES`], and the state to read on from.
#[wasm_bindgen]
#[allow(clippy::cast_precision_loss)] // memory is smaller
pub fn read_events(state: u8, bytes: &mut [u8]) -> f64 {
    let mut events = sse::Events(state);
    let kept = events.read(bytes);
    kept as f64 * f64::from(sse::Events::STATES) + f64::from(events.0)
}

/// A call that runs: JavaScript waits for it.
#[wasm_bindgen]
pub struct Task(browser::Task);

#[wasm_bindgen]
impl Task {
    /// Goes on with what the call waited for: what it waits for now.
    pub fn poll(&mut self, command: u8, value: JsValue) -> JsValue {
        self.0.poll(command, value)
    }
}

#[inline(never)]
fn call(config: JsValue, subject: JsValue, options: JsValue, kind: Kind) -> Promise {
    let task = browser::Task::new(Config::new(config), subject, Options::new(options), kind);
    task.begin(|task| Task(task).into())
}
