//! How long the service keeps a result that the caller wanted stored no longer than
//! needed (protocol §5.7). Other results stay for as long as the emulator runs.

use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::job::Stage;
use crate::app::App;

/// Results from this size on go sooner, in bytes.
const LARGE_BYTES: usize = 10_000;

/// The time for a result of so many bytes.
pub(super) fn of(bytes: usize) -> Duration {
    if bytes < LARGE_BYTES {
        Duration::from_hours(1)
    } else {
        Duration::from_mins(6)
    }
}

/// Forgets a request once the time of its result is up.
pub(super) async fn forget_in_time(app: Arc<App>, entry: Arc<Entry>) {
    entry.ended.wait().await;
    let bytes = entry.with_job(|job| match job.stage() {
        Stage::Done { outcome, .. } => outcome.body_bytes(),
        _ => 0,
    });
    tokio::time::sleep(of(bytes) / app.options.speed_up).await;
    app.queue.forget(&entry.id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_results_go_sooner() {
        assert_eq!(of(9_999), Duration::from_hours(1));
        assert_eq!(of(10_000), Duration::from_mins(6));
    }
}
