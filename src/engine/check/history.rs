//! The past of a call, and the invariants that it must keep.

use super::{Pending, events::Happening, events::Refusal, events::Said};
use crate::{
    engine::{Access, Fault, Goal, Next, Now, Send, Step, Stop},
    host::is_fal_url,
    protocol::Operation,
};

pub(super) const ONE_SUBMIT: &str = "a submit is sent again though the first may have arrived";
pub(super) const ONE_SETTLEMENT: &str = "a call settles once, and says nothing afterwards";
pub(super) const ONE_CANCEL: &str = "a request that is left is cancelled once";
pub(super) const SUBMIT_IN_FLIGHT: &str = "a submit in flight is never aborted";
pub(super) const REQUEST_ID: &str = "the request id, once known, is never lost";
pub(super) const SAVED: &str = "a request is forgotten only when nothing is left of it";
pub(super) const RESULT: &str = "a call succeeds only with what it was to bring";
pub(super) const PATIENCE: &str = "every wait has an end";
pub(super) const KEY: &str = "a key goes to fal only";
pub(super) const AT_ONCE: &str = "a call that is stopped settles at once";

/// More failures in a row than any policy allows, with the tries that have reasons of their own.
const MOST_FAILURES: u8 = 16;
/// As long as results are kept.
const LONGEST_WAIT_MS: f64 = 3_600_000.0;
const MINUTE_MS: f64 = 61_000.0;
const MOST_MINUTES: u8 = 2;

/// The past of a call on which an invariant depends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub(super) struct History {
    goal: Goal,
    is_begun: bool,
    is_settled: bool,
    minutes: u8,
    failures: u8,
    cancels: u8,
    /// A submit was sent that may have arrived.
    may_have_submitted: bool,
    has_request: bool,
    stop: Option<Stop>,
    has_callback_thrown: bool,
    /// The service has confirmed the cancel.
    is_cancelled: bool,
}

impl History {
    pub(super) fn new(goal: Goal) -> Self {
        Self {
            goal,
            is_begun: false,
            is_settled: false,
            minutes: 0,
            failures: 0,
            cancels: 0,
            may_have_submitted: false,
            has_request: false,
            stop: None,
            has_callback_thrown: false,
            is_cancelled: false,
        }
    }

    pub(super) fn is_begun(&self) -> bool {
        self.is_begun
    }

    pub(super) fn has_timeout(&self) -> bool {
        self.goal.has_timeout()
    }

    /// Only a call that follows a request looks at the clock.
    pub(super) fn can_wait_a_minute(&self) -> bool {
        self.minutes < MOST_MINUTES && !matches!(self.goal, Goal::Only(_))
    }

    pub(super) fn now(&self, happening: Happening) -> Now {
        let minutes = self.minutes + u8::from(happening == Happening::DoneLate);
        Now {
            ms: f64::from(minutes) * MINUTE_MS,
            random: 0.5,
            is_hidden: false,
        }
    }

    /// Notes an event and the step after it. Fails with the invariant that this breaks.
    pub(super) fn note(
        &mut self,
        happening: Happening,
        before: Pending,
        step: &Step,
        has_request: bool,
    ) -> Result<(), &'static str> {
        self.is_begun = true;
        self.minutes += u8::from(happening == Happening::DoneLate);
        self.note_happening(happening, before);
        self.check_submit(happening, before, step)?;
        self.check_settlement(happening, before, step)?;
        self.check_request(step, before, has_request)?;
        self.check_patience(happening, step)
    }

    fn note_happening(&mut self, happening: Happening, before: Pending) {
        let is_of =
            |wanted| matches!(before, Pending::Request { operation, .. } if operation == wanted);
        match happening {
            // A call that has settled is not stopped again.
            Happening::Stopped(stop) if !self.is_settled => self.stop = Some(stop),
            Happening::CallbackThrew => self.has_callback_thrown = true,
            Happening::CancelReply { is_acknowledged } => self.is_cancelled = is_acknowledged,
            Happening::Refused(refusal, _) if is_of(Operation::Cancel) => {
                self.is_cancelled = refusal == Refusal::UnknownRequest;
            }
            Happening::Refused(Refusal::TooManyRequests | Refusal::TooManyRequestsForAnHour, _)
            | Happening::Lost {
                is_unsent: true, ..
            } if is_of(Operation::Submit) => self.may_have_submitted = false,
            _ => {}
        }
    }

    fn check_submit(
        &mut self,
        happening: Happening,
        before: Pending,
        step: &Step,
    ) -> Result<(), &'static str> {
        let is_in_flight = matches!(
            before,
            Pending::Request {
                operation: Operation::Submit,
                ..
            }
        );
        if is_in_flight && matches!(happening, Happening::Stopped(_)) {
            holds(
                !step.abort && step.next == Next::KeepWaiting,
                SUBMIT_IN_FLIGHT,
            )?;
        }
        if let Next::Send(Send {
            operation: Operation::Submit,
            ..
        }) = step.next
        {
            holds(!self.may_have_submitted, ONE_SUBMIT)?;
            self.may_have_submitted = true;
        }
        Ok(())
    }

    fn check_settlement(
        &mut self,
        happening: Happening,
        before: Pending,
        step: &Step,
    ) -> Result<(), &'static str> {
        let was_settled = self.is_settled;
        if matches!(happening, Happening::Stopped(_)) {
            holds(was_settled || step.settle.is_some(), AT_ONCE)?;
            holds(!was_settled || !step.abort, ONE_CANCEL)?;
        }
        if let Some(outcome) = step.settle {
            holds(!was_settled, ONE_SETTLEMENT)?;
            self.is_settled = true;
            match outcome {
                Ok(()) => holds(self.brings_what_was_wanted(happening, before), RESULT)?,
                Err(rejection) => {
                    let is_its_own = match happening {
                        Happening::Refused(refusal, _) => {
                            reads_result(before)
                                && (refusal.is_failure_of_request() || self.is_after_error())
                        }
                        Happening::Good => rejection.fault == Fault::JobFailed,
                        _ => false,
                    };
                    holds(!rejection.is_final || is_its_own, SAVED)?;
                }
            }
        }
        let speaks = matches!(step.next, Next::ReportStatus | Next::FollowStream { .. });
        holds(!(self.is_settled && speaks), ONE_SETTLEMENT)?;
        holds(!(was_settled && step.notice.is_some()), ONE_SETTLEMENT)?;
        if let Next::End { is_cancelled } = step.next {
            holds(self.is_settled, ONE_SETTLEMENT)?;
            holds(!is_cancelled || self.is_cancelled, SAVED)?;
        }
        Ok(())
    }

    /// A last status may have named an error: then any error in place of the result is final.
    fn is_after_error(&self) -> bool {
        !matches!(self.goal, Goal::Only(_))
    }

    fn brings_what_was_wanted(&self, happening: Happening, before: Pending) -> bool {
        let is_completed = |said| matches!(said, Said::Completed | Said::CompletedWithError);
        let is_stranger_twice = matches!(happening, Happening::Bad(_));
        match self.goal {
            Goal::Subscribe | Goal::Resume => {
                reads_result(before) && (happening == Happening::Good || is_stranger_twice)
            }
            Goal::Follow => match happening {
                Happening::StreamEnded(Some(said)) => is_completed(said),
                Happening::Done | Happening::DoneLate => before == Pending::Report,
                _ => false,
            },
            Goal::Only(Operation::Submit) => happening == Happening::Done,
            Goal::Only(_) => matches!(before, Pending::Request { .. }),
        }
    }

    fn check_request(
        &mut self,
        step: &Step,
        before: Pending,
        has_request: bool,
    ) -> Result<(), &'static str> {
        holds(has_request || !self.has_request, REQUEST_ID)?;
        self.has_request |= has_request;
        if let Next::Send(Send {
            operation,
            url,
            access,
            deadline_ms,
            ..
        }) = &step.next
        {
            holds(*access != Access::Key || is_fal_url(url), KEY)?;
            let is_read = operation.reads_status() || operation.reads_result();
            holds(!is_read || deadline_ms.is_some(), PATIENCE)?;
            if *operation == Operation::Cancel && self.goal != Goal::Only(Operation::Cancel) {
                self.check_cancel(before)?;
            }
        }
        if let Next::End { .. } = step.next {
            holds(self.cancels == u8::from(self.must_cancel()), ONE_CANCEL)?;
        }
        Ok(())
    }

    fn check_cancel(&mut self, before: Pending) -> Result<(), &'static str> {
        let is_repeat = self.cancels == 1
            && matches!(
                before,
                Pending::Wait
                    | Pending::Request {
                        operation: Operation::Cancel,
                        can_be_own_url: true
                    }
            );
        if !is_repeat {
            self.cancels += 1;
        }
        holds(self.cancels == 1 && self.must_cancel(), ONE_CANCEL)
    }

    /// Whether the call is left with a request that nobody else waits for.
    fn must_cancel(&self) -> bool {
        let owns = match self.goal {
            Goal::Subscribe | Goal::Resume | Goal::Only(Operation::Submit) => true,
            Goal::Follow | Goal::Only(_) => self.stop == Some(Stop::TimedOut),
        };
        let is_left = match self.stop {
            Some(stop) => stop != Stop::Detached,
            None => self.has_callback_thrown,
        };
        let is_cancel = self.goal == Goal::Only(Operation::Cancel);
        owns && is_left && self.has_request && !is_cancel
    }

    fn check_patience(&mut self, happening: Happening, step: &Step) -> Result<(), &'static str> {
        let is_retry = matches!(
            step.next,
            Next::Send(_) | Next::Wait { .. } | Next::KeepWaiting
        );
        self.failures = match happening {
            _ if !is_retry => 0,
            Happening::Refused(..)
            | Happening::Bad(_)
            | Happening::Lost {
                is_offline: false, ..
            } => self.failures + 1,
            Happening::Done | Happening::DoneLate | Happening::Lost { .. } => self.failures,
            // Another operation begins.
            _ => 0,
        };
        if let Next::Send(Send { operation, .. }) = &step.next
            && matches!(happening, Happening::Stopped(_) | Happening::CallbackThrew)
        {
            holds(*operation == Operation::Cancel, ONE_SETTLEMENT)?;
        }
        holds(self.failures <= MOST_FAILURES, PATIENCE)?;
        match step.next {
            Next::Wait { ms, may_end_early } => {
                let is_for_network = ms.is_infinite() && may_end_early && is_offline(happening);
                holds(
                    (0.0..=LONGEST_WAIT_MS).contains(&ms) || is_for_network,
                    PATIENCE,
                )
            }
            _ => Ok(()),
        }
    }
}

fn is_offline(happening: Happening) -> bool {
    matches!(
        happening,
        Happening::Lost {
            is_offline: true,
            ..
        }
    )
}

fn reads_result(before: Pending) -> bool {
    matches!(before, Pending::Request { operation, .. } if operation.reads_result())
}

fn holds(is_so: bool, invariant: &'static str) -> Result<(), &'static str> {
    if is_so { Ok(()) } else { Err(invariant) }
}
