//! The stages of one job: waiting, working, done. A pure state machine: callers give the time, and carry out its
//! decisions.

use std::time::{Duration, Instant};

use crate::protocol::Outcome;

/// A line of the job's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogLine {
    pub(crate) message: String,
    pub(crate) timestamp: String,
}

/// The stage of a job.
#[derive(Debug)]
pub(crate) enum Stage {
    Waiting,
    Working { since: Instant },
    Done { worked: Duration, outcome: Outcome },
}

/// The effect of a cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// The job had not started. It is done now.
    AtOnce,
    /// The worker must be signalled. The job is done once the worker has stopped.
    Signalled,
    /// The job was done already.
    TooLate,
}

/// A job from submit to result.
#[derive(Debug)]
pub(crate) struct Job {
    stage: Stage,
    logs: Vec<LogLine>,
    cancelling: bool,
}

impl Job {
    /// A job that waits for its turn.
    pub(crate) fn new() -> Self {
        Self {
            stage: Stage::Waiting,
            logs: Vec::new(),
            cancelling: false,
        }
    }

    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }

    pub(crate) fn logs(&self) -> &[LogLine] {
        &self.logs
    }

    /// Starts the job. `false` if it was cancelled before.
    pub(crate) fn start(&mut self, now: Instant) -> bool {
        let waiting = matches!(self.stage, Stage::Waiting);
        if waiting {
            self.stage = Stage::Working { since: now };
        }
        waiting
    }

    /// Adds a line to the log. The log of a job that is done does not change.
    pub(crate) fn log(&mut self, line: LogLine) {
        if !matches!(self.stage, Stage::Done { .. }) {
            self.logs.push(line);
        }
    }

    /// Cancels the job.
    pub(crate) fn cancel(&mut self) -> Cancelled {
        match self.stage {
            Stage::Waiting => {
                self.stage = Stage::Done {
                    worked: Duration::ZERO,
                    outcome: Outcome::cancelled(),
                };
                Cancelled::AtOnce
            }
            Stage::Working { .. } => {
                self.cancelling = true;
                Cancelled::Signalled
            }
            Stage::Done { .. } => Cancelled::TooLate,
        }
    }

    /// Ends the job, as its time to start is over. `false` if it has started, or is done.
    pub(crate) fn expire(&mut self) -> bool {
        let waiting = matches!(self.stage, Stage::Waiting);
        if waiting {
            self.stage = Stage::Done {
                worked: Duration::ZERO,
                outcome: Outcome::not_started(),
            };
        }
        waiting
    }

    /// Ends the job with the worker's outcome. If a cancel was accepted before, the job ends as cancelled even if the
    /// worker finished, as the caller was promised that. If the job is done already, nothing changes.
    pub(crate) fn finish(&mut self, now: Instant, outcome: Outcome) {
        let worked = match self.stage {
            Stage::Waiting => Duration::ZERO,
            Stage::Working { since } => now.saturating_duration_since(since),
            Stage::Done { .. } => return,
        };
        let outcome = if self.cancelling {
            Outcome::cancelled()
        } else {
            outcome
        };
        self.stage = Stage::Done { worked, outcome };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn done(job: &Job) -> (&Outcome, Duration) {
        match job.stage() {
            Stage::Done { worked, outcome } => (outcome, *worked),
            other => panic!("{other:?}"),
        }
    }

    fn output() -> Outcome {
        Outcome::output(json!({"seed": 1}), 1.0)
    }

    #[test]
    fn a_job_waits_works_and_is_done() {
        let now = Instant::now();
        let mut job = Job::new();
        assert!(matches!(job.stage(), Stage::Waiting));
        assert!(job.start(now));
        assert!(matches!(job.stage(), Stage::Working { .. }));
        job.finish(now + Duration::from_secs(3), output());
        assert_eq!(done(&job), (&output(), Duration::from_secs(3)));
    }

    #[test]
    fn a_waiting_job_is_cancelled_at_once_and_never_starts() {
        let mut job = Job::new();
        assert_eq!(job.cancel(), Cancelled::AtOnce);
        assert_eq!(done(&job), (&Outcome::cancelled(), Duration::ZERO));
        assert!(!job.start(Instant::now()));
        assert_eq!(job.cancel(), Cancelled::TooLate);
    }

    #[test]
    fn a_working_job_is_cancelled_when_its_worker_stops_even_if_that_had_finished() {
        let now = Instant::now();
        let mut job = Job::new();
        job.start(now);
        assert_eq!(job.cancel(), Cancelled::Signalled);
        assert_eq!(job.cancel(), Cancelled::Signalled);
        assert!(matches!(job.stage(), Stage::Working { .. }));
        job.finish(now, output());
        assert_eq!(done(&job).0, &Outcome::cancelled());
    }

    #[test]
    fn only_a_waiting_job_runs_out_of_time() {
        let mut waiting = Job::new();
        assert!(waiting.expire());
        assert_eq!(done(&waiting), (&Outcome::not_started(), Duration::ZERO));
        assert!(!waiting.expire() && !waiting.start(Instant::now()));

        let mut working = Job::new();
        working.start(Instant::now());
        assert!(!working.expire());
        assert!(matches!(working.stage(), Stage::Working { .. }));
    }

    #[test]
    fn an_end_is_final() {
        let now = Instant::now();
        let mut job = Job::new();
        job.finish(now, output());
        job.finish(now, Outcome::cancelled());
        assert_eq!(job.cancel(), Cancelled::TooLate);
        job.log(LogLine {
            message: "late".into(),
            timestamp: String::new(),
        });
        assert_eq!(done(&job).0, &output());
        assert!(job.logs().is_empty());
    }
}
