//! A limit on the bytes of disk or memory that its users may take together. They give them back later.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The limit, and the bytes that are taken.
#[derive(Debug)]
pub(crate) struct Budget {
    limit_bytes: u64,
    used_bytes: AtomicU64,
}

impl Budget {
    pub(crate) fn new(limit_bytes: u64, used_bytes: u64) -> Arc<Self> {
        Arc::new(Self {
            limit_bytes,
            used_bytes: AtomicU64::new(used_bytes),
        })
    }

    pub(crate) fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }

    /// How many bytes are taken.
    pub(crate) fn used_bytes(&self) -> u64 {
        self.used_bytes.load(Ordering::Relaxed)
    }

    /// Gives back bytes that a share kept.
    pub(crate) fn give_back(&self, bytes: u64) {
        let less = |used: u64| Some(used.saturating_sub(bytes));
        // The closure always gives a value, so this cannot fail.
        let _ = self
            .used_bytes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }

    fn take(&self, bytes: u64) -> Result<(), Full> {
        let more = |used: u64| {
            let used = used.checked_add(bytes)?;
            (used <= self.limit_bytes).then_some(used)
        };
        let taken = self
            .used_bytes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more);
        taken.map(|_| ()).map_err(|_| Full)
    }
}

/// Fewer bytes are left than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// Bytes that one user of a budget has taken; given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Share {
    /// A share without bytes, for [`Share::grow`].
    pub(crate) fn none(budget: &Arc<Budget>) -> Self {
        Self {
            budget: Arc::clone(budget),
            bytes: 0,
        }
    }

    /// A share of `bytes` bytes.
    pub(crate) fn of(budget: &Arc<Budget>, bytes: u64) -> Result<Self, Full> {
        let mut share = Self::none(budget);
        share.grow(bytes)?;
        Ok(share)
    }

    /// Takes `bytes` more bytes.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), Full> {
        self.budget.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Takes `bytes` more bytes, even beyond the limit. For users that free older bytes afterwards.
    pub(crate) fn grow_anyway(&mut self, bytes: u64) {
        self.budget.used_bytes.fetch_add(bytes, Ordering::SeqCst);
        self.bytes += bytes;
    }

    /// Takes over the bytes of `other`.
    pub(crate) fn absorb(&mut self, other: &mut Self) {
        self.bytes += std::mem::take(&mut other.bytes);
    }

    /// Leaves its bytes taken, until [`Budget::give_back`].
    pub(crate) fn keep(&mut self) {
        self.bytes = 0;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_taken_up_to_the_limit_and_given_back() {
        let budget = Budget::new(10, 4);
        let share = Share::of(&budget, 6).expect("just fits");
        assert_eq!(Share::of(&budget, 1).err(), Some(Full));
        assert_eq!(Share::of(&budget, u64::MAX).err(), Some(Full));
        drop(share);
        Share::of(&budget, 6).expect("free again");
    }

    #[test]
    fn bytes_beyond_the_limit_are_counted_and_given_back() {
        let budget = Budget::new(10, 0);
        let mut share = Share::none(&budget);
        share.grow_anyway(12);
        assert_eq!(budget.used_bytes(), 12);
        assert!(share.grow(1).is_err());
        drop(share);
        assert_eq!(budget.used_bytes(), 0);
    }

    #[test]
    fn bytes_that_are_kept_stay_taken_until_they_are_given_back() {
        let budget = Budget::new(10, 0);
        let mut shares = [Share::none(&budget), Share::none(&budget)];
        let [first, second] = &mut shares;
        first.grow(5).expect("fits");
        second.grow(5).expect("fits");
        first.absorb(second);
        first.keep();
        drop(shares);
        assert!(Share::of(&budget, 1).is_err());
        budget.give_back(99);
        Share::of(&budget, 10).expect("all free");
    }
}
