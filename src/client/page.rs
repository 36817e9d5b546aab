//! The page around the client: its clock, its timers, its network, its events.

use std::{cell::Cell, rc::Rc};

use futures_channel::oneshot;
use futures_util::{
    FutureExt,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Function, Math, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, EventTarget, Url};

use crate::engine::Now;

/// The longest time that a timer takes, in milliseconds. A longer one would fire at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// Whether there is a page or a worker at all. A server has none.
pub(super) const fn is_there() -> bool {
    cfg!(target_arch = "wasm32")
}

/// The clock and the dice of the engine.
pub(super) fn now() -> Now {
    Now {
        ms: clock_ms(),
        random: Math::random(),
        is_hidden: is_hidden(),
    }
}

/// Milliseconds by a clock that nobody sets.
pub(super) fn clock_ms() -> f64 {
    let performance = global("performance");
    let now = property(&performance, "now").dyn_into::<Function>();
    let now = now.ok().and_then(|now| now.call0(&performance).ok());
    now.and_then(|now| now.as_f64()).unwrap_or_else(Date::now)
}

/// A property of the global object, `undefined` if there is none.
pub(super) fn global(name: &str) -> JsValue {
    property(&js_sys::global(), name)
}

/// A property of any value, `undefined` if it has none.
pub(super) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// Whether there is no network. Only `navigator.onLine === false` says so.
pub(super) fn is_offline() -> bool {
    property(&global("navigator"), "onLine").as_bool() == Some(false)
}

fn is_hidden() -> bool {
    property(&global("document"), "hidden").as_bool() == Some(true)
}

/// Whether a service worker may answer the page's requests. Its cache heeds no `no-store`.
pub(super) fn has_service_worker() -> bool {
    let worker = property(&global("navigator"), "serviceWorker");
    property(&worker, "controller").is_truthy()
}

/// Whether there is an `XMLHttpRequest`. A service worker has none.
pub(super) fn has_xhr() -> bool {
    global("XMLHttpRequest").is_function()
}

/// Whether `fetch` is the browser's own. Another one may wait for the network, and send a request that
/// seemed to have failed.
pub(super) fn has_native_fetch() -> bool {
    let fetch = global("fetch").dyn_into::<Function>();
    let source = fetch.map(|fetch| String::from(fetch.to_string()));
    source.is_ok_and(|source| source.contains("[native code]"))
}

/// The URL that a text means in this page, if it is one.
pub(super) fn resolve_url(url: &str) -> Option<Url> {
    let base = property(&global("location"), "href").as_string();
    match base {
        Some(base) => Url::new_with_base(url, &base).ok(),
        None => Url::new(url).ok(),
    }
}

/// The origin of the page.
pub(super) fn origin() -> Option<String> {
    property(&global("location"), "origin").as_string()
}

/// The protocol of the newest answer from this URL, e.g. `h2`, if the page may see it.
pub(super) fn protocol_of(url: &str) -> Option<String> {
    let performance = global("performance");
    let entries = property(&performance, "getEntriesByName")
        .dyn_into::<Function>()
        .ok()?;
    let absolute = resolve_url(url)?.href();
    let entries = entries.call1(&performance, &absolute.into()).ok()?;
    let newest = js_sys::Array::from(&entries).pop();
    let protocol = property(&newest, "nextHopProtocol").as_string()?;
    (!protocol.is_empty()).then_some(protocol)
}

/// Waits, for any length of time.
pub(super) async fn sleep(ms: f64) {
    let mut left = ms.max(0.0);
    while left > LONGEST_TIMER_MS {
        TimeoutFuture::new(i32::MAX.unsigned_abs()).await;
        left -= LONGEST_TIMER_MS;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is in range
    TimeoutFuture::new(left.ceil() as u32).await;
}

/// Waits for a future, so long at most: `None` if that was too short.
pub(super) async fn within<T>(ms: Option<f64>, future: impl Future<Output = T>) -> Option<T> {
    let Some(ms) = ms else {
        return Some(future.await);
    };
    let future = std::pin::pin!(future);
    let timer = std::pin::pin!(sleep(ms));
    match select(future, timer).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}

/// Waits, at most until the network is back or the page is seen again.
pub(super) async fn sleep_until_awake(ms: f64) {
    let online = next_event(js_sys::global().into(), "online", || true);
    let seen = next_event(global("document"), "visibilitychange", || !is_hidden());
    let awake = select(online.boxed_local(), seen.boxed_local());
    let timer = if ms.is_finite() {
        sleep(ms).boxed_local()
    } else {
        std::future::pending().boxed_local()
    };
    select(timer, awake).await;
}

/// Waits for the next event that is wanted. It never ends if the target has no events.
async fn next_event(target: JsValue, name: &'static str, is_wanted: fn() -> bool) {
    let Some(target) = as_target(target) else {
        return std::future::pending().await;
    };
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let _listener = Listener::new(target, name, move |_| {
        if let Some(sender) = is_wanted().then(|| sender.take()).flatten() {
            let _ = sender.send(());
        }
    });
    let _ = receiver.await;
}

/// A value that events can be listened to on. Workers' global objects are some, too.
fn as_target(value: JsValue) -> Option<EventTarget> {
    let has_events = property(&value, "addEventListener").is_function();
    has_events.then(|| value.unchecked_into())
}

/// Listens to an event until it is dropped.
pub(super) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(super) fn new(
        target: EventTarget,
        name: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(callback);
        let function = callback.as_ref().unchecked_ref();
        let _ = target.add_event_listener_with_callback(name, function);
        Self {
            target,
            name,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, function);
    }
}

/// Knows whether the network was away all the time since it was made.
pub(super) struct NetworkWatch {
    was_back: Rc<Cell<bool>>,
    _listener: Option<Listener>,
}

impl NetworkWatch {
    pub(super) fn begin() -> Self {
        let was_back = Rc::new(Cell::new(!is_offline()));
        let listener = (!was_back.get()).then(|| {
            let was_back = was_back.clone();
            as_target(js_sys::global().into())
                .map(|target| Listener::new(target, "online", move |_| was_back.set(true)))
        });
        Self {
            was_back,
            _listener: listener.flatten(),
        }
    }

    pub(super) fn was_away(&self) -> bool {
        !self.was_back.get() && is_offline()
    }
}

/// The words of a thrown value.
pub(super) fn message_of(thrown: &JsValue) -> String {
    let message = property(thrown, "message").as_string();
    message
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| "the request failed".into())
}
