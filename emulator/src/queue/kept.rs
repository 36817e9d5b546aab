//! The requests that have ended. Each is kept until its time is over. All together have a memory limit, for which the
//! oldest are dropped first. Pure: callers give the time.

use std::collections::VecDeque;
use std::time::Instant;

/// The requests that have ended, in the order of their ends.
#[derive(Debug)]
pub(super) struct Kept {
    limit_bytes: u64,
    used_bytes: u64,
    requests: VecDeque<Request>,
    /// The time of no request is over before this instant.
    next_end: Option<Instant>,
}

/// A request that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) id: String,
    /// The memory that it takes.
    pub(super) bytes: u64,
    pub(super) until: Instant,
}

impl Kept {
    pub(super) fn new(limit_bytes: u64) -> Self {
        Self {
            limit_bytes,
            used_bytes: 0,
            requests: VecDeque::new(),
            next_end: None,
        }
    }

    /// Keeps a request, and returns the ids of those that are dropped for it. The newest request is kept even if it is over
    /// the limit, as its caller could not have fetched the result yet.
    pub(super) fn add(&mut self, request: Request) -> Vec<String> {
        self.used_bytes += request.bytes;
        let next_end = self
            .next_end
            .map_or(request.until, |end| end.min(request.until));
        self.next_end = Some(next_end);
        self.requests.push_back(request);
        let mut gone = Vec::new();
        while self.used_bytes > self.limit_bytes
            && self.requests.len() > 1
            && let Some(oldest) = self.requests.pop_front()
        {
            self.used_bytes -= oldest.bytes;
            gone.push(oldest.id);
        }
        gone
    }

    /// Removes the requests whose time is over, and returns their ids.
    pub(super) fn take_expired(&mut self, now: Instant) -> Vec<String> {
        let mut gone = Vec::new();
        self.requests.retain(|request| {
            let is_over = request.until <= now;
            if is_over {
                self.used_bytes -= request.bytes;
                gone.push(request.id.clone());
            }
            !is_over
        });
        self.next_end = self.requests.iter().map(|request| request.until).min();
        gone
    }

    /// The time to look for expired requests again. It may be early, if the next request to expire was dropped before.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.next_end
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn request(id: &str, bytes: u64, until: Instant) -> Request {
        Request {
            id: id.to_owned(),
            bytes,
            until,
        }
    }

    #[test]
    fn the_oldest_go_when_the_latest_needs_their_memory() {
        let until = Instant::now();
        let mut kept = Kept::new(10);
        assert!(kept.add(request("a", 4, until)).is_empty());
        assert!(kept.add(request("b", 4, until)).is_empty());
        assert!(kept.add(request("c", 2, until)).is_empty());
        assert_eq!(kept.add(request("d", 5, until)), ["a", "b"]);
        assert_eq!(kept.add(request("e", 99, until)), ["c", "d"]);
        assert_eq!(kept.add(request("f", 1, until)), ["e"]);
        assert!(kept.add(request("g", 9, until)).is_empty());
    }

    #[test]
    fn each_goes_when_its_time_is_up_and_gives_its_memory_back() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut kept = Kept::new(10);
        kept.add(request("a", 3, now + 3 * second));
        kept.add(request("b", 3, now + second));
        kept.add(request("c", 3, now + 2 * second));
        assert_eq!(kept.next_end(), Some(now + second));
        assert!(kept.take_expired(now).is_empty());
        assert_eq!(kept.take_expired(now + 2 * second), ["b", "c"]);
        assert_eq!(kept.next_end(), Some(now + 3 * second));
        assert!(kept.add(request("d", 7, now)).is_empty());
    }
}
