//! Which routes to the service carry streams. Some proxies hold an answer back until it is whole, or know
//! no such URL. The client finds that out once, and remembers it for a while.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

/// How long a route counts as unfit, in milliseconds.
const CLOSED_MS: f64 = 600_000.0;
/// If streams fail for longer than this, and none works in between, the route is at fault and not the
/// network.
const OUTAGE_MS: f64 = 60_000.0;
/// Over HTTP/1.1 a browser opens six connections to a host, and each stream takes one.
const STREAMS: u32 = 3;
/// Over HTTP/2 and HTTP/3 all requests share a connection. Servers allow 100 at a time or more.
const SHARED_STREAMS: u32 = 64;

thread_local! {
    static ROUTES: RefCell<HashMap<String, Rc<Route>>> = RefCell::default();
}

/// A route to the service: a proxy, a middleware, or straight to fal.
#[derive(Debug, Default)]
pub(super) struct Route {
    closed_until_ms: Cell<Option<f64>>,
    lost_since_ms: Cell<Option<f64>>,
    streams: Cell<u32>,
}

impl Route {
    /// The route of this name, shared by all clients of the page.
    pub(super) fn named(name: &str) -> Rc<Self> {
        ROUTES.with(|routes| routes.borrow_mut().entry(name.into()).or_default().clone())
    }

    /// Whether it may carry a stream.
    pub(super) fn is_open(&self, now_ms: f64) -> bool {
        self.closed_until_ms
            .get()
            .is_none_or(|until| until < now_ms)
    }

    /// It carries none.
    pub(super) fn close(&self, now_ms: f64) {
        self.closed_until_ms.set(Some(now_ms + CLOSED_MS));
    }

    /// A stream failed while nothing answered. That is an outage, unless it goes on for long.
    pub(super) fn suspect(&self, now_ms: f64) {
        let since = self.lost_since_ms.get().unwrap_or(now_ms);
        self.lost_since_ms.set(Some(since));
        if now_ms - since > OUTAGE_MS {
            self.close(now_ms);
        }
    }

    /// A stream gave a status.
    pub(super) fn trust(&self) {
        self.lost_since_ms.set(None);
    }

    /// Takes room for one more stream, if there is any.
    pub(super) fn enter(self: &Rc<Self>, limit: u32) -> Option<Room> {
        let streams = self.streams.get();
        (streams < limit).then(|| {
            self.streams.set(streams + 1);
            Room(self.clone())
        })
    }
}

/// How many streams a page may have on a route at one time. fal's own hosts speak HTTP/2, which they do
/// not let pages see.
pub(super) fn most_streams(is_fals_own: bool, protocol: Option<&str>) -> u32 {
    let is_shared = protocol.map_or(is_fals_own, |protocol| {
        ["h2", "h3", "hq", "http/2", "quic"]
            .iter()
            .any(|shared| protocol.starts_with(shared))
    });
    if is_shared { SHARED_STREAMS } else { STREAMS }
}

/// The room of one stream. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Room(Rc<Route>);

impl Drop for Room {
    fn drop(&mut self) {
        self.0.streams.set(self.0.streams.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_carries_no_streams_is_left_alone_for_ten_minutes() {
        let route = Route::default();
        assert!(route.is_open(0.0));
        route.close(1_000.0);
        assert!(!route.is_open(600_000.0));
        assert!(route.is_open(601_001.0));
    }

    #[test]
    fn streams_that_fail_in_an_outage_say_nothing_of_the_route_at_first() {
        let route = Route::default();
        route.suspect(0.0);
        route.suspect(60_000.0);
        assert!(route.is_open(60_000.0));
        route.suspect(60_001.0);
        assert!(!route.is_open(60_001.0));
        let route = Route::default();
        route.suspect(0.0);
        route.trust();
        route.suspect(60_001.0);
        assert!(route.is_open(60_001.0));
    }

    #[test]
    fn a_page_has_so_many_streams_on_a_route_at_a_time() {
        assert_eq!(most_streams(false, Some("http/1.1")), 3);
        assert_eq!(most_streams(false, None), 3);
        assert_eq!(most_streams(true, None), 64);
        assert_eq!(most_streams(false, Some("h2")), 64);
        let route = Route::named("/proxy");
        let rooms: Vec<_> = (0..4).map(|_| Route::named("/proxy").enter(3)).collect();
        assert_eq!(rooms.iter().flatten().count(), 3);
        drop(rooms);
        assert!(route.enter(1).is_some());
    }
}
