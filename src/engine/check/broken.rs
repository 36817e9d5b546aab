//! Machines that break one invariant each. The checker must find every one of them.

use std::hash::Hash;

use super::{Machine, history};
use crate::{
    engine::{Call, Event, Fault, Goal, HttpError, Next, Now, Rejection, Send, Step, Stop},
    protocol::Operation,
};

/// The fault of a broken machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Breakage {
    RepeatsSubmitAfter503,
    SettlesTwice,
    ReportsAfterItsEnd,
    CancelsTwice,
    NeverCancels,
    CancelsAfterDetach,
    AbortsSubmitInFlight,
    LosesRequestId,
    ForgetsAfter503,
    ForgetsAfterUnconfirmedCancel,
    BelievesStatusIsResult,
    RetriesForEver,
    WaitsForEver,
    StopsLate,
    ShowsKeyToStrangers,
}

pub(super) const ALL: [Breakage; 15] = [
    Breakage::RepeatsSubmitAfter503,
    Breakage::SettlesTwice,
    Breakage::ReportsAfterItsEnd,
    Breakage::CancelsTwice,
    Breakage::NeverCancels,
    Breakage::CancelsAfterDetach,
    Breakage::AbortsSubmitInFlight,
    Breakage::LosesRequestId,
    Breakage::ForgetsAfter503,
    Breakage::ForgetsAfterUnconfirmedCancel,
    Breakage::BelievesStatusIsResult,
    Breakage::RetriesForEver,
    Breakage::WaitsForEver,
    Breakage::StopsLate,
    Breakage::ShowsKeyToStrangers,
];

impl Breakage {
    /// A call in which it shows.
    pub(super) fn goal(self) -> Goal {
        match self {
            Self::RetriesForEver => Goal::Only(Operation::Status),
            _ => Goal::Subscribe,
        }
    }

    /// The invariant that it breaks.
    pub(super) fn invariant(self) -> &'static str {
        match self {
            Self::RepeatsSubmitAfter503 => history::ONE_SUBMIT,
            Self::SettlesTwice | Self::ReportsAfterItsEnd => history::ONE_SETTLEMENT,
            Self::CancelsTwice | Self::NeverCancels | Self::CancelsAfterDetach => {
                history::ONE_CANCEL
            }
            Self::AbortsSubmitInFlight => history::SUBMIT_IN_FLIGHT,
            Self::LosesRequestId => history::REQUEST_ID,
            Self::ForgetsAfter503 | Self::ForgetsAfterUnconfirmedCancel => history::SAVED,
            Self::BelievesStatusIsResult => history::RESULT,
            Self::RetriesForEver | Self::WaitsForEver => history::PATIENCE,
            Self::StopsLate => history::AT_ONCE,
            Self::ShowsKeyToStrangers => history::KEY,
        }
    }
}

/// A call that does one thing wrong.
#[derive(Clone)]
pub(super) struct Broken {
    call: Call,
    breakage: Breakage,
    /// The last request that it sent.
    sent: Option<Send>,
    /// It has done so.
    has_erred: bool,
}

impl Broken {
    pub(super) fn new(call: Call, breakage: Breakage) -> Self {
        Self {
            call,
            breakage,
            sent: None,
            has_erred: false,
        }
    }

    fn is_sent(&self, operation: Operation) -> bool {
        self.sent
            .as_ref()
            .is_some_and(|sent| sent.operation == operation)
    }
}

impl Machine for Broken {
    fn step(&mut self, event: Event<'_>, now: Now) -> Step {
        let was_submitting = self.call.is_submitting();
        let is_503 = matches!(event, Event::Refused(HttpError { status: 503, .. }));
        let is_stop = |wanted| matches!(event, Event::Stopped(stop) if stop == wanted);
        if self.breakage == Breakage::RetriesForEver && is_503 {
            self.has_erred = true;
            return plain(Next::Wait {
                ms: 1_000.0,
                may_end_early: false,
            });
        }
        let is_retry = self.has_erred && matches!(event, Event::Done);
        if self.breakage == Breakage::RetriesForEver && is_retry {
            self.has_erred = false;
            return plain(Next::Send(self.sent.clone().expect("a request")));
        }
        let mut step = self.call.step(event, now);
        let has_failed = matches!(step.settle, Some(Err(_)));
        match self.breakage {
            Breakage::RepeatsSubmitAfter503 if is_503 && was_submitting => {
                step = plain(Next::Send(self.sent.clone().expect("a submit")));
            }
            Breakage::SettlesTwice if step.settle.is_none() && is_end(&step) => {
                step.settle = Some(Ok(()));
            }
            Breakage::ReportsAfterItsEnd if has_failed => step.next = Next::ReportStatus,
            Breakage::CancelsTwice if self.is_sent(Operation::Cancel) && !self.has_erred => {
                self.has_erred = true;
                step.next = Next::Send(self.sent.clone().expect("a cancel"));
            }
            Breakage::NeverCancels if is_stop(Stop::Aborted) && !was_submitting => {
                step.next = Next::End {
                    is_cancelled: false,
                };
            }
            Breakage::CancelsAfterDetach
                if is_stop(Stop::Detached) && self.call.request().is_some() =>
            {
                step.next = self.call.ask(Operation::Cancel).expect("a cancel");
            }
            Breakage::AbortsSubmitInFlight if was_submitting && is_stop(Stop::Aborted) => {
                step.abort = true;
            }
            Breakage::LosesRequestId if is_503 => self.call.forget_request(),
            Breakage::ForgetsAfter503 if is_503 && has_failed => {
                step.settle = Some(Err(Rejection {
                    fault: Fault::HttpError,
                    is_final: true,
                }));
            }
            Breakage::ForgetsAfterUnconfirmedCancel => {
                if let Next::End { is_cancelled } = &mut step.next {
                    *is_cancelled = self.is_sent(Operation::Cancel);
                }
            }
            Breakage::BelievesStatusIsResult if step.next == Next::ReportStatus => {
                step.settle = Some(Ok(()));
                step.next = Next::End {
                    is_cancelled: false,
                };
            }
            Breakage::WaitsForEver => {
                if let Next::Wait { ms, .. } = &mut step.next {
                    *ms = f64::INFINITY;
                }
            }
            Breakage::StopsLate if was_submitting && is_stop(Stop::Aborted) => step.settle = None,
            Breakage::ShowsKeyToStrangers => {
                if let Next::Send(send) = &mut step.next {
                    send.url = "https://example.com/".into();
                }
            }
            _ => {}
        }
        if let Next::Send(send) = &step.next {
            self.sent = Some(send.clone());
        }
        step
    }

    fn has_request(&self) -> bool {
        self.call.request().is_some()
    }

    fn key(&self) -> impl Hash + Eq + use<> {
        (self.call.key(), self.has_erred)
    }
}

fn is_end(step: &Step) -> bool {
    matches!(step.next, Next::End { .. })
}

/// A step that does nothing else.
fn plain(next: Next) -> Step {
    Step {
        settle: None,
        abort: false,
        notice: None,
        next,
    }
}
