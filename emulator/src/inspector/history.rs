//! The latest exchanges, with limits on their number and size, and the numbers of their changes. A page names the last
//! change that it knows, and gets all later ones. So a slow page loses nothing, and nothing is queued for it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::exchange::Exchange;
use crate::budget::Budget;

/// The most exchanges that are kept. When there are more, the oldest are dropped.
pub(super) const MOST: usize = 1000;
/// The most bytes of heads and bodies that are kept, over all exchanges.
const MOST_BYTES: u64 = 16 << 20;
/// The most exchanges that are dropped when one is added. Dropping an exchange that is still open frees no bytes yet, so
/// without this limit a few large ones would empty the record.
const EVICTED_AT_ONCE: usize = 16;

/// The exchanges since the start, or since the last clear. They hold secrets, so the `Debug` form shows only their
/// number.
pub(super) struct History {
    state: Mutex<State>,
    /// The bytes that all exchanges hold together.
    budget: Arc<Budget>,
    /// The number of the last change.
    latest: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    sequence: u64,
    last_id: u64,
    kept: VecDeque<Arc<Exchange>>,
}

/// The changes since a number.
#[derive(Debug)]
pub(super) struct Changes {
    /// The number of the latest change among them.
    pub(super) sequence: u64,
    /// Exchanges with a smaller id are not kept any more.
    pub(super) oldest: u64,
    pub(super) exchanges: Vec<Arc<Exchange>>,
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "History({} exchanges)", self.state.lock().kept.len())
    }
}

impl Default for History {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            budget: Budget::new(MOST_BYTES, 0),
            latest: watch::Sender::new(0),
        }
    }
}

impl History {
    pub(super) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// Adds the exchange that `make` returns for its new id.
    pub(super) fn begin(&self, make: impl FnOnce(u64) -> Exchange) -> Arc<Exchange> {
        let mut state = self.state.lock();
        state.last_id += 1;
        let exchange = Arc::new(make(state.last_id));
        for _ in 0..EVICTED_AT_ONCE {
            if state.kept.len() >= MOST || self.budget.used_bytes() > MOST_BYTES {
                state.kept.pop_front();
            }
        }
        state.kept.push_back(Arc::clone(&exchange));
        self.tell(state, &exchange);
        exchange
    }

    /// Gives a changed exchange the next number, and wakes the feeds.
    pub(super) fn mark_changed(&self, exchange: &Exchange) {
        self.tell(self.state.lock(), exchange);
    }

    /// The number is assigned under the lock that readers take, so that a reader that sees a number sees all changes
    /// before it.
    fn tell(&self, mut state: MutexGuard<'_, State>, exchange: &Exchange) {
        state.sequence += 1;
        let sequence = state.sequence;
        exchange.changed.store(sequence, Ordering::Relaxed);
        drop(state);
        self.wake(sequence);
    }

    /// Does nothing without listeners, as every call of the emulator comes here several times.
    fn wake(&self, sequence: u64) {
        if self.latest.receiver_count() > 0 {
            self.latest.send_replace(sequence);
        }
    }

    /// The exchanges that have changed since `sequence`, the oldest first.
    pub(super) fn since(&self, sequence: u64) -> Changes {
        let state = self.state.lock();
        let is_new =
            |exchange: &&Arc<Exchange>| exchange.changed.load(Ordering::Relaxed) > sequence;
        Changes {
            sequence: state.sequence,
            oldest: state
                .kept
                .front()
                .map_or(state.last_id + 1, |oldest| oldest.id),
            exchanges: state.kept.iter().filter(is_new).cloned().collect(),
        }
    }

    /// The exchange with this id. `None` if it is not kept.
    pub(super) fn find(&self, id: u64) -> Option<Arc<Exchange>> {
        let state = self.state.lock();
        let at = state.kept.binary_search_by_key(&id, |exchange| exchange.id);
        at.ok().and_then(|at| state.kept.get(at).cloned())
    }

    /// Forgets all exchanges.
    pub(super) fn clear(&self) {
        let mut state = self.state.lock();
        state.kept.clear();
        state.sequence += 1;
        let sequence = state.sequence;
        drop(state);
        self.wake(sequence);
    }

    /// A receiver that is notified of every change.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::{HeaderMap, Request, StatusCode};

    use super::super::exchange::{Ending, RequestHead, Side};
    use super::*;
    use crate::fault;

    fn begin(history: &History) -> Arc<Exchange> {
        let request = Request::get("/a/b/requests/1").body(Body::empty());
        let request = request.expect("a request");
        let call = fault::Call::of(&request, None);
        let (parts, _) = request.into_parts();
        history.begin(|id| {
            let head = RequestHead {
                method: parts.method,
                uri: parts.uri,
                headers: parts.headers,
                target: None,
                endpoint: call.endpoint.clone(),
                call,
                file: None,
            };
            Exchange::new(id, head, history.budget())
        })
    }

    fn ids(changes: &Changes) -> Vec<u64> {
        changes.exchanges.iter().map(|it| it.id).collect()
    }

    #[test]
    fn a_reader_gets_each_change_once_and_the_latest_of_it() {
        let history = History::default();
        let watch = history.watch();
        let [first, _] = [begin(&history), begin(&history)];
        let seen = history.since(0);
        assert_eq!((ids(&seen), seen.oldest), (vec![1, 2], 1));
        assert_eq!(ids(&history.since(seen.sequence)), Vec::<u64>::new());
        for _ in 0..3 {
            history.mark_changed(&first);
        }
        let again = history.since(seen.sequence);
        assert_eq!(ids(&again), [1]);
        assert!(again.sequence > seen.sequence);
        assert_eq!(*watch.borrow(), again.sequence);
    }

    #[test]
    fn the_number_of_exchanges_is_bounded() {
        let history = History::default();
        for _ in 0..MOST + 5 {
            begin(&history);
        }
        let seen = history.since(0);
        assert_eq!((seen.exchanges.len(), seen.oldest), (MOST, 6));
        assert!(history.find(5).is_none());
        assert_eq!(history.find(6).expect("kept").id, 6);
    }

    #[test]
    fn the_bytes_are_bounded_also_while_all_are_open() {
        let history = History::default();
        for _ in 0..MOST {
            let exchange = begin(&history);
            exchange.note_answer(StatusCode::OK, &HeaderMap::new(), history.budget());
            exchange.pass(Side::Answer, &vec![b'x'; 100_000], Duration::MAX);
            exchange.finish(Ending::Whole);
        }
        assert!(history.budget().used_bytes() <= MOST_BYTES + 100_000);
        let kept = history.since(0).exchanges;
        assert!((200..300).contains(&kept.len()), "{}", kept.len());
        history.clear();
        drop(kept);
        assert_eq!(history.budget().used_bytes(), 0);
    }

    #[test]
    fn what_is_cleared_is_told_by_the_oldest_that_is_left() {
        let history = History::default();
        begin(&history);
        let seen = history.since(0);
        history.clear();
        let after = history.since(seen.sequence);
        assert_eq!((ids(&after), after.oldest), (vec![], 2));
        assert!(after.sequence > seen.sequence);
    }
}
