//! The signal that stops one job's work, in async code and on worker threads alike.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// The longest nap before the signal is looked at again.
const NAP: Duration = Duration::from_millis(10);

/// Set once, never cleared.
#[derive(Debug, Default)]
pub(crate) struct Cancel {
    flag: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// Stops the work.
    pub(crate) fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    /// For code that looks at a flag.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.flag
    }

    /// Resolves when the work is to stop.
    pub(crate) async fn wait(&self) {
        let notified = self.notify.notified();
        if !self.flag.load(Ordering::SeqCst) {
            notified.await;
        }
    }

    /// Blocks this thread until `until`, or until the work is to stop.
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
