//! Reports to the caller of a running call: each update once.

use std::cell::RefCell;

use futures_channel::mpsc::UnboundedSender;

use super::{
    handle::RequestHandle,
    page,
    progress::{Progress, Timings, Tracker},
    status::Status,
};
use crate::engine::Notice;

/// An update of a running call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Update {
    /// The request is in the queue. Save the handle to go on with it after a reload.
    Enqueued(RequestHandle),
    /// Where the request stands. The same status is reported once, unless a poll interval was set.
    Status(Status),
    /// How far the call is. It says [`Progress::Reconnecting`] while nothing answers.
    Progress(Progress),
}

/// Sends updates to the caller, until the call has settled.
pub(super) struct Reporter(RefCell<State>);

struct State {
    updates: Option<UnboundedSender<Update>>,
    /// The caller asked for a report of every status, changed or not.
    repeats: bool,
    tracker: Tracker,
    status: Option<Status>,
    /// The newest phase of the call itself.
    phase: Option<Progress>,
    /// Since when nothing answers, by the caller's clock.
    lost_since_ms: Option<f64>,
    reported: Option<Progress>,
}

/// The times of an event, by the clock that nobody sets and by the caller's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    pub(super) clock_ms: f64,
    pub(super) epoch_ms: f64,
}

impl Times {
    pub(super) fn now() -> Self {
        Self {
            clock_ms: page::clock_ms(),
            epoch_ms: js_sys::Date::now(),
        }
    }
}

impl Reporter {
    pub(super) fn new(updates: Option<UnboundedSender<Update>>, repeats: bool) -> Self {
        Self(RefCell::new(State {
            updates,
            repeats,
            tracker: Tracker::default(),
            status: None,
            phase: None,
            lost_since_ms: None,
            reported: None,
        }))
    }

    /// The request is in the queue since then.
    pub(super) fn begin(&self, submitted_ms: f64) {
        self.0.borrow_mut().tracker.begin(submitted_ms);
    }

    pub(super) fn report_enqueued(&self, handle: RequestHandle) {
        self.0.borrow_mut().send(Update::Enqueued(handle));
    }

    /// Reports a status with all the logs so far.
    pub(super) fn report_status(&self, status: Status, times: Times) {
        let mut state = self.0.borrow_mut();
        let phase = state.tracker.read(&status, times.clock_ms);
        if state.repeats || state.status.as_ref() != Some(&status) {
            state.send(Update::Status(status.clone()));
        }
        state.status = Some(status);
        state.set_phase(phase);
    }

    /// Reports a phase of the call.
    pub(super) fn report_phase(&self, phase: Progress) {
        self.0.borrow_mut().set_phase(phase);
    }

    /// Reports that a try failed, or that one succeeded after that.
    pub(super) fn report_notice(&self, notice: Notice, is_offline: bool, times: Times) {
        let mut state = self.0.borrow_mut();
        match notice {
            Notice::Retrying => {
                let since_ms = *state.lost_since_ms.get_or_insert(times.epoch_ms);
                state.report_progress(if is_offline {
                    Progress::Offline { since_ms }
                } else {
                    Progress::Reconnecting { since_ms }
                });
            }
            Notice::Reached => {
                state.lost_since_ms = None;
                if let Some(phase) = state.phase {
                    state.report_progress(phase);
                }
            }
        }
    }

    /// Reports nothing more.
    pub(super) fn close(&self) {
        self.0.borrow_mut().updates = None;
    }

    /// The newest status.
    pub(super) fn status(&self) -> Option<Status> {
        self.0.borrow().status.clone()
    }

    pub(super) fn timings(&self, now_ms: f64) -> Timings {
        self.0.borrow().tracker.timings(now_ms)
    }
}

impl State {
    fn set_phase(&mut self, phase: Progress) {
        self.phase = Some(phase);
        self.lost_since_ms = None;
        self.report_progress(phase);
    }

    fn report_progress(&mut self, progress: Progress) {
        if self.reported != Some(progress) {
            self.reported = Some(progress);
            self.send(Update::Progress(progress));
        }
    }

    fn send(&self, update: Update) {
        if let Some(updates) = &self.updates {
            // If the receiver is dropped, the call is being stopped.
            let _ = updates.unbounded_send(update);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_channel::mpsc::{UnboundedReceiver, unbounded};
    use serde_json::json;

    fn reporter(repeats: bool) -> (Reporter, UnboundedReceiver<Update>) {
        let (sender, receiver) = unbounded();
        (Reporter::new(Some(sender), repeats), receiver)
    }

    fn updates(receiver: &mut UnboundedReceiver<Update>) -> Vec<Update> {
        std::iter::from_fn(|| receiver.try_recv().ok()).collect()
    }

    fn in_queue(position: u32) -> Status {
        Status::from(json!({ "status": "IN_QUEUE", "queue_position": position }))
    }

    fn at(ms: f64) -> Times {
        Times {
            clock_ms: ms,
            epoch_ms: ms,
        }
    }

    #[test]
    fn the_same_status_is_reported_once_unless_the_caller_polls() {
        for (repeats, count) in [(false, 1), (true, 2)] {
            let (reporter, mut receiver) = reporter(repeats);
            reporter.report_status(in_queue(2), at(0.0));
            reporter.report_status(in_queue(2), at(1.0));
            let updates = updates(&mut receiver);
            let statuses = updates
                .iter()
                .filter(|update| matches!(update, Update::Status(_)));
            assert_eq!(statuses.count(), count);
        }
    }

    #[test]
    fn a_lost_connection_is_reported_until_something_answers() {
        let (reporter, mut receiver) = reporter(false);
        reporter.report_phase(Progress::Running { share: None });
        reporter.report_notice(Notice::Retrying, false, at(5.0));
        reporter.report_notice(Notice::Retrying, false, at(9.0));
        reporter.report_notice(Notice::Retrying, true, at(10.0));
        reporter.report_notice(Notice::Reached, false, at(11.0));
        let progress = [
            Progress::Running { share: None },
            Progress::Reconnecting { since_ms: 5.0 },
            Progress::Offline { since_ms: 5.0 },
            Progress::Running { share: None },
        ];
        assert_eq!(updates(&mut receiver), progress.map(Update::Progress));
    }

    #[test]
    fn nothing_is_reported_after_the_end() {
        let (reporter, mut receiver) = reporter(false);
        reporter.close();
        reporter.report_status(in_queue(2), at(0.0));
        assert_eq!(updates(&mut receiver), []);
        assert_eq!(reporter.status(), Some(in_queue(2)));
    }
}
