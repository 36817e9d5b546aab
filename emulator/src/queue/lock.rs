//! Locks of the queue.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ignores poisoning: the queue's data is consistent after every statement, and a panic in one job must not end all
/// others.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
