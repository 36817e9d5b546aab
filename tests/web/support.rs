//! The emulator's control API, and small helpers.

use fal_wasm::{
    Client, ClientBuilder, Retry,
    models::kandinsky5::{ProDuration, ProTextToVideoInput, Resolution},
};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Request, RequestInit, Response};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(request: &Request) -> Promise;
}

pub(crate) const EMULATOR: &str = match option_env!("EMULATOR_URL") {
    Some(url) => url,
    None => "http://127.0.0.1:18787",
};

/// A PNG of 4 × 4 pixels.
pub(crate) const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAJUlEQVR4nGOwiZkGRwyJuX1wxNBe3w5HDBJmTvJm7upmPnpmgQANxRLn3i1fMAAAAABJRU5ErkJggg==";

pub(crate) fn builder() -> ClientBuilder {
    Client::builder().proxy(format!("{EMULATOR}/api/fal/proxy"))
}

pub(crate) fn client() -> Client {
    builder().build()
}

/// A client that retries almost at once.
pub(crate) fn impatient() -> Client {
    builder()
        .retry(Retry::default().base_delay(Duration::from_millis(20)))
        .build()
}

pub(crate) fn text_input(prompt: &str) -> ProTextToVideoInput {
    ProTextToVideoInput {
        prompt: prompt.into(),
        resolution: Some(Resolution::P512),
        duration: Some(ProDuration::FiveSeconds),
        ..Default::default()
    }
}

pub(crate) async fn text_of(method: &str, url: &str, body: Option<&Value>) -> String {
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        init.set_body(&body.to_string().into());
    }
    let request = Request::new_with_str_and_init(url, &init).expect("a request");
    if body.is_some() {
        request
            .headers()
            .set("content-type", "application/json")
            .expect("a header");
    }
    let response = JsFuture::from(fetch(&request)).await.expect("an answer");
    let response: Response = response.dyn_into().expect("a response");
    let text = JsFuture::from(response.text().expect("a body"))
        .await
        .expect("text");
    let text = text.as_string().expect("text");
    assert!(response.ok(), "{method} {url}: {text}");
    text
}

async fn control(method: &str, path: &str, body: Option<&Value>) -> Value {
    let text = text_of(method, &format!("{EMULATOR}/api/emulator{path}"), body).await;
    serde_json::from_str(&text).unwrap_or_default()
}

/// The requests at the emulator whose target contains `part`.
pub(crate) async fn received(part: &str) -> Vec<Value> {
    let all = control("GET", "/requests", None).await;
    let is_wanted = |request: &&Value| {
        request["target"]
            .as_str()
            .unwrap_or_default()
            .contains(part)
    };
    all.as_array()
        .expect("a list")
        .iter()
        .filter(is_wanted)
        .cloned()
        .collect()
}

/// The same, but waits until there is one.
pub(crate) async fn until_received(part: &str) -> Vec<Value> {
    for _ in 0..100 {
        let requests = received(part).await;
        if !requests.is_empty() {
            return requests;
        }
        pause(50).await;
    }
    panic!("nothing of {part} came; received: {:?}", received("").await);
}

/// Forgets requests, faults and holds. Removes the changes that a failed test may have left in the page.
pub(crate) async fn reset() {
    let restore = "if (globalThis.realFetch) globalThis.fetch = realFetch; delete navigator.onLine";
    let _ = Function::new_no_args(restore).call0(&JsValue::UNDEFINED);
    control("DELETE", "/faults", None).await;
    control("DELETE", "/holds", None).await;
    control("DELETE", "/requests", None).await;
}

/// Plans a fault.
pub(crate) async fn fault(plan: Value) {
    control("POST", "/faults", Some(&plan)).await;
}

pub(crate) async fn release_all() {
    control("DELETE", "/holds", None).await;
}

/// Holds every job of the video models at its first frame.
pub(crate) async fn hold_jobs() {
    let about = json!({ "log_contains": "Rendering frame" });
    control("POST", "/holds", Some(&about)).await;
}

pub(crate) async fn pause(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let set_timeout: Function = Reflect::get(&js_sys::global(), &"setTimeout".into())
            .expect("a property")
            .unchecked_into();
        let _ = set_timeout.call2(&JsValue::UNDEFINED, &resolve, &ms.into());
    });
    JsFuture::from(promise).await.expect("no rejection");
}

pub(crate) fn blob(bytes: &[u8], kind: &str) -> Blob {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes).into());
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).expect("a Blob")
}

/// Replaces the page's `fetch` until it is dropped.
pub(crate) struct FetchInPlace(JsValue);

impl FetchInPlace {
    pub(crate) fn new(source: &str) -> Self {
        let global = js_sys::global();
        let before = Reflect::get(&global, &"fetch".into()).expect("fetch");
        Reflect::set(&global, &"realFetch".into(), &before).expect("set");
        let wrapped = Function::new_with_args("request", source);
        Reflect::set(&global, &"fetch".into(), &wrapped).expect("set");
        Self(before)
    }
}

impl Drop for FetchInPlace {
    fn drop(&mut self) {
        let _ = Reflect::set(&js_sys::global(), &"fetch".into(), &self.0);
    }
}

/// A global text that a replacement of `fetch` has set.
pub(crate) fn global_text(name: &str) -> String {
    let text = Reflect::get(&js_sys::global(), &name.into()).expect("a property");
    text.as_string().unwrap_or_default()
}

/// Makes the page believe that it is online or offline.
pub(crate) fn set_online(is_online: bool) {
    let source =
        "Object.defineProperty(navigator, 'onLine', { get: () => isOnline, configurable: true });
        if (isOnline) dispatchEvent(new Event('online'));";
    let set = Function::new_with_args("isOnline", source);
    set.call1(&JsValue::UNDEFINED, &is_online.into())
        .expect("set");
}
