//! The JavaScript surface of the npm package: convert, call, convert back. Options and
//! results are described in the package's TypeScript; `js/` wraps these functions and
//! turns what they reject with into exceptions.

#![allow(clippy::needless_pass_by_value)] // wasm-bindgen hands values over

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

use crate::{
    browser::{self, Config, Kind, Operation, Options, Phase, Step},
    sse,
    upload_plan::Parts,
};

/// A third of the size of the default allocator, which is 3 % of the module.
#[cfg(not(target_feature = "atomics"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Submits a request, follows it, and fetches its result: `{ data, requestId }`.
#[wasm_bindgen]
pub fn subscribe(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Subscribe)
}

/// Submits a request: the service's reply.
#[wasm_bindgen]
pub fn submit(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Submit))
}

/// Fetches the status of a request.
#[wasm_bindgen]
pub fn status(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Status))
}

/// Fetches the result of a request: `{ data, requestId }`.
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

/// Runs a model while the connection lasts: `{ data, requestId }`.
#[wasm_bindgen]
pub fn run(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Run))
}

/// Starts a stream: its `Response`.
#[wasm_bindgen]
pub fn open(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Stream))
}

/// Asks for a token for one app.
#[wasm_bindgen]
pub fn token(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, endpoint_id, options, Kind::Once(Phase::Token))
}

/// Asks for a place for a `Blob` or `File`: `{ upload_url, file_url }`.
#[wasm_bindgen]
pub fn initiate(config: JsValue, file: JsValue, options: JsValue) -> Promise {
    call(
        config,
        file,
        options,
        Kind::Once(Phase::Storage(Step::Initiate)),
    )
}

/// Puts a file, or a part of it, to its place: the part's etag.
#[wasm_bindgen]
pub fn put(config: JsValue, file: JsValue, options: JsValue) -> Promise {
    call(config, file, options, Kind::Once(Phase::Storage(Step::Put)))
}

/// Says that all parts of a file are there.
#[wasm_bindgen]
pub fn complete(config: JsValue, file: JsValue, options: JsValue) -> Promise {
    call(
        config,
        file,
        options,
        Kind::Once(Phase::Storage(Step::Complete)),
    )
}

/// How many parts a file of `size` bytes goes up in; 0 for one that goes in one piece.
#[wasm_bindgen]
pub fn parts(size: f64) -> u32 {
    Parts::of(size).map_or(0, |parts| parts.count())
}

/// Checks an endpoint id and, where it is known and `validate` says so, its input. Throws the
/// findings.
#[wasm_bindgen]
pub fn check(endpoint_id: JsValue, input: JsValue, validate: bool) -> Result<(), JsValue> {
    let endpoint = browser::endpoint(&endpoint_id)?;
    if validate {
        browser::check(&endpoint, &input)?;
    }
    Ok(())
}

/// Where the server-sent events of a stream end.
#[wasm_bindgen]
#[derive(Default)]
pub struct Events(sse::Events);

#[wasm_bindgen]
impl Events {
    /// For a stream from its start.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes; gives the data of every event that they end, each followed by
    /// a CR.
    pub fn feed(&mut self, bytes: &[u8]) -> Uint8Array {
        self.0.feed(bytes).as_slice().into()
    }

    /// The stream has ended; gives the data of an event that lacks its blank line.
    pub fn end(&mut self) -> Uint8Array {
        self.0.end().as_slice().into()
    }
}

#[inline(never)]
fn call(config: JsValue, subject: JsValue, options: JsValue, kind: Kind) -> Promise {
    let config = Config::new(config);
    match Operation::start(config, subject, Options::new(options), kind) {
        Ok(operation) => future_to_promise(async { operation.await.map_err(Into::into) }),
        Err(error) => Promise::reject(&JsValue::from(error)),
    }
}
