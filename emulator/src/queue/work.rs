//! Runs the jobs, as many at the same time as there are slots, each on a worker thread.

use std::sync::Arc;

use super::entry::Entry;
use super::service::Queue;
use crate::model::produce::Order;
use crate::protocol::Outcome;

/// Starts jobs as long as there are a job in line and a free slot.
pub(super) fn start_next(queue: &Arc<Queue>) {
    while let Some(entry) = queue.jobs.next() {
        let slot = Slot(Arc::clone(queue));
        queue.runtime.spawn(perform(entry, slot));
    }
}

/// The slot of a job. Dropping it frees the slot. The worker's closure owns it, so that a cancelled job holds its slot
/// until its thread has stopped.
#[derive(Debug)]
struct Slot(Arc<Queue>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.jobs.line().free();
        start_next(&self.0);
    }
}

async fn perform(entry: Arc<Entry>, slot: Slot) {
    wait_for_runner(&slot.0, &entry).await;
    if !entry.start() {
        return;
    }
    let order = Order {
        endpoint: entry.endpoint.clone(),
        origin: entry.origin.clone(),
        caller: entry.terms.caller,
        input: entry.take_input(),
        wish: entry.terms.wish.clone(),
    };
    let queue = Arc::clone(&slot.0);
    let prepared = tokio::select! {
        prepared = queue.studio.prepare(order) => prepared,
        () = entry.signal.wait() => Err(Outcome::cancelled()),
    };
    let (outcome, slot) = match prepared {
        Ok(prepared) => {
            let worker = Arc::clone(&entry);
            on_a_thread(slot, move || {
                let log = |line: String| log_and_wait(&queue, &worker, &line);
                queue.studio.produce(&prepared, &worker.signal, &log)
            })
            .await
        }
        Err(outcome) => (outcome, Some(slot)),
    };
    entry.finish(outcome);
    // After `finish`, so that the next job does not start before callers can see that this one is done.
    drop(slot);
}

/// Adds a line to the job's log. Blocks while a test holds the job at this line.
fn log_and_wait(queue: &Queue, entry: &Entry, line: &str) {
    entry.log(line);
    queue.runtime.block_on(async {
        tokio::select! {
            () = queue.holds.job(line) => {}
            () = entry.signal.wait() => {}
        }
    });
}

/// Keeps a job waiting for the time in the queue that the user described for its endpoint.
async fn wait_for_runner(queue: &Queue, entry: &Entry) {
    let Some(endpoint) = queue.apps.endpoints.find(&entry.endpoint) else {
        return;
    };
    let wait = entry.with_input(|input| endpoint.queue_time(input));
    let left = wait.saturating_sub(entry.submitted.elapsed());
    tokio::select! {
        () = tokio::time::sleep(left) => {}
        () = entry.signal.wait() => {}
    }
}

/// Runs `work` on a thread that may block. Returns the slot with the outcome. If the work panics, the slot is free
/// already.
async fn on_a_thread(
    slot: Slot,
    work: impl FnOnce() -> Outcome + Send + 'static,
) -> (Outcome, Option<Slot>) {
    let thread = tokio::task::spawn_blocking(move || {
        let slot = slot;
        (work(), slot)
    });
    let Ok((outcome, slot)) = thread.await else {
        let what = "The worker panicked: what it said is on the emulator's terminal";
        return (Outcome::broke(what), None);
    };
    (outcome, Some(slot))
}

#[cfg(test)]
mod tests {
    use super::super::line::Priority;
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_job_and_gives_the_slot_back() {
        let (queue, _data) = Queue::for_tests();
        queue.jobs.line().join("a", Priority::Normal);
        queue.jobs.line().next();
        assert!(queue.jobs.is_working());
        let slot = Slot(Arc::clone(&queue));
        let (outcome, slot) = on_a_thread(slot, || panic!("on purpose")).await;
        assert_eq!(outcome.status, 500);
        assert_eq!(outcome.body["detail"][0]["type"], "internal_server_error");
        assert!(slot.is_none());
        assert!(!queue.jobs.is_working());
    }
}
