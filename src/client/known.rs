//! The requests that this page has asked after, to tell their answers from those to other pages.

use std::{
    cell::RefCell,
    collections::{HashSet, VecDeque},
};

/// So many requests are remembered, the newest ones.
const MOST_KNOWN: usize = 10_000;

thread_local! {
    /// The requests that this page has asked after, to tell their answers from a stranger's.
    static KNOWN: RefCell<(HashSet<String>, VecDeque<String>)> = RefCell::default();
}

/// Remembers a request that this page asks after.
pub(super) fn remember(request_id: &str) {
    KNOWN.with(|known| {
        let (ids, order) = &mut *known.borrow_mut();
        if ids.insert(request_id.into()) {
            order.push_back(request_id.into());
        }
        if order.len() > MOST_KNOWN
            && let Some(oldest) = order.pop_front()
        {
            ids.remove(&oldest);
        }
    });
}

/// Whether this page has asked after a request.
pub(super) fn is_known(request_id: &str) -> bool {
    KNOWN.with(|known| known.borrow().0.contains(request_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_requests_are_remembered() {
        for number in 0..=MOST_KNOWN {
            remember(&number.to_string());
            remember(&number.to_string());
        }
        assert!(!is_known("0") && is_known("1") && is_known(&MOST_KNOWN.to_string()));
    }
}
