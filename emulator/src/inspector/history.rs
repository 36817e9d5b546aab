//! The latest exchanges, within bounds, and the numbers of their changes. A page that knows
//! all up to a number asks for the changes since: nothing is lost however slowly it
//! reads, and nothing is queued for it.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::exchange::Exchange;
use crate::budget::Budget;

/// How many exchanges are kept; of more, the latest.
pub(super) const MOST: usize = 1000;
/// How many bytes of heads and bodies are kept in all.
const MOST_BYTES: u64 = 16 << 20;
/// How many are let go for one that comes: those that are still open give nothing back yet.
const EVICTED_AT_ONCE: usize = 16;

/// The exchanges since the start, or since they were cleared. Its `Debug` form shows none of
/// them: there are secrets in them.
pub(super) struct History {
    state: Mutex<State>,
    /// The bytes that all records hold together.
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
    /// The number up to which they are all there.
    pub(super) sequence: u64,
    /// Exchanges before this id are kept no longer.
    pub(super) oldest: u64,
    pub(super) exchanges: Vec<Arc<Exchange>>,
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "History({} exchanges)", self.state().kept.len())
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

    /// Adds an exchange, which is made with its id.
    pub(super) fn begin(&self, make: impl FnOnce(u64) -> Exchange) -> Arc<Exchange> {
        let mut state = self.state();
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

    /// An exchange has changed.
    pub(super) fn mark_changed(&self, exchange: &Exchange) {
        self.tell(self.state(), exchange);
    }

    /// The number is given under the lock that a reader takes: whoever sees it, sees all
    /// changes before it.
    fn tell(&self, mut state: MutexGuard<'_, State>, exchange: &Exchange) {
        state.sequence += 1;
        let sequence = state.sequence;
        exchange.changed.store(sequence, Ordering::Relaxed);
        drop(state);
        self.wake(sequence);
    }

    /// Costs nothing where nobody watches: every call comes by here, some times.
    fn wake(&self, sequence: u64) {
        if self.latest.receiver_count() > 0 {
            self.latest.send_replace(sequence);
        }
    }

    /// Everything that has changed since `sequence`, the oldest first.
    pub(super) fn since(&self, sequence: u64) -> Changes {
        let state = self.state();
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

    /// The exchange with this id, if it is kept.
    pub(super) fn find(&self, id: u64) -> Option<Arc<Exchange>> {
        let state = self.state();
        let at = state.kept.binary_search_by_key(&id, |exchange| exchange.id);
        at.ok().and_then(|at| state.kept.get(at).cloned())
    }

    /// Forgets all exchanges.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.kept.clear();
        state.sequence += 1;
        let sequence = state.sequence;
        drop(state);
        self.wake(sequence);
    }

    /// Changes whenever there is something new.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
            exchange.answer(StatusCode::OK, &HeaderMap::new(), history.budget());
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
