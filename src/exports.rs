//! The JavaScript surface of the npm package: convert, call, convert back. Options and
//! results are described in the package's TypeScript; `js/` wraps these functions and
//! turns what they reject with into exceptions.

#![allow(clippy::needless_pass_by_value)] // wasm-bindgen hands values over

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

use crate::browser::{
    Boxed, Config, Error, Operation, Options, Scope,
    queue::{self, Work},
    storage,
};

/// A third of the size of the default allocator, which is 3 % of the module.
#[cfg(not(target_feature = "atomics"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Submits a request, follows it, and fetches its result: `{ data, requestId }`.
#[wasm_bindgen]
pub fn subscribe(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, &endpoint_id, options, queue::subscribe)
}

/// Submits a request: the service's reply.
#[wasm_bindgen]
pub fn submit(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, &endpoint_id, options, queue::submit)
}

/// Fetches the status of a request.
#[wasm_bindgen]
pub fn status(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, &endpoint_id, options, queue::status)
}

/// Fetches the result of a request: `{ data, requestId }`.
#[wasm_bindgen]
pub fn result(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, &endpoint_id, options, queue::result)
}

/// Cancels a request.
#[wasm_bindgen]
pub fn cancel(config: JsValue, endpoint_id: JsValue, options: JsValue) -> Promise {
    call(config, &endpoint_id, options, queue::cancel)
}

/// Stores a `Blob` or `File`: its URL.
#[wasm_bindgen]
pub fn upload(config: JsValue, file: JsValue, options: JsValue) -> Promise {
    let options = Options::new(options);
    let signal = options.value("abortSignal");
    perform(config, signal, |scope| {
        Box::pin(async move { storage::upload(&scope, &file, &options).await })
    })
}

/// Calls an operation of the queue on an endpoint.
fn call(config: JsValue, endpoint_id: &JsValue, options: JsValue, work: Work) -> Promise {
    let options = Options::new(options);
    let signal = options.value("abortSignal");
    let endpoint = queue::endpoint(&endpoint_id.as_string().unwrap_or_default());
    perform(config, signal, move |scope| match endpoint {
        Ok(endpoint) => work(scope, endpoint, options),
        Err(error) => Box::pin(async { Err(error) }),
    })
}

fn perform(
    config: JsValue,
    signal: JsValue,
    work: impl FnOnce(Rc<Scope>) -> Boxed<'static, JsValue>,
) -> Promise {
    match Operation::start(Config::new(config), signal, work) {
        Ok(operation) => future_to_promise(async { operation.await.map_err(Into::into) }),
        Err(error) => Promise::reject(&Error::into(error)),
    }
}
