//! The signal that stops a job's work, both in async code and on worker threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// The longest sleep between two checks of the signal.
const NAP: Duration = Duration::from_millis(10);

/// A signal that is set once and never cleared.
#[derive(Debug, Default)]
pub(crate) struct Cancel {
    flag: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// Sets the signal.
    pub(crate) fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    /// The signal as a flag, for code that polls it.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.flag
    }

    /// Resolves once the signal is set.
    pub(crate) async fn wait(&self) {
        let notified = self.notify.notified();
        if !self.flag.load(Ordering::SeqCst) {
            notified.await;
        }
    }

    /// Blocks this thread until `until`, or until the signal is set.
    pub(crate) fn sleep(&self, until: Instant) {
        while !self.flag.load(Ordering::SeqCst) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(NAP));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_set_signal_ends_a_sleep() {
        let cancel = Arc::new(Cancel::default());
        let setter = Arc::clone(&cancel);
        let began = Instant::now();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            setter.set();
        });
        cancel.sleep(began + Duration::from_mins(1));
        assert!(began.elapsed() < Duration::from_secs(5));
        thread.join().expect("the setter ends");
    }

    #[tokio::test]
    async fn waiting_ends_before_and_after_the_signal() {
        let cancel = Arc::new(Cancel::default());
        let waiter = Arc::clone(&cancel);
        let waiting = tokio::spawn(async move { waiter.wait().await });
        tokio::task::yield_now().await;
        cancel.set();
        waiting.await.expect("ended");
        cancel.wait().await;
    }
}
