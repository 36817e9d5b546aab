//! A model checker: explores every order of events that a call can meet, for every goal, and
//! asserts the invariants in each state. Each invariant has a broken machine that the
//! checker must find.

mod broken;
mod events;
mod history;

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use super::{Call, Event, Goal, Next, Now, Send, Settings, Step, Target};
use crate::{endpoint::EndpointId, engine::QueuedRequest, protocol::Operation};
use events::{Happening, happenings};
use history::History;

/// A machine to explore: a call, or a broken one.
trait Machine: Clone {
    fn step(&mut self, event: Event<'_>, now: Now) -> Step;
    fn has_request(&self) -> bool;
    /// What tells two states apart.
    fn key(&self) -> impl Hash + Eq + use<Self>;
}

impl Machine for Call {
    fn step(&mut self, event: Event<'_>, now: Now) -> Step {
        Call::step(self, event, now)
    }

    fn has_request(&self) -> bool {
        self.request().is_some()
    }

    fn key(&self) -> impl Hash + Eq + use<> {
        self.state_key()
    }
}

/// The thing that the host is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Pending {
    Request {
        operation: Operation,
        can_be_own_url: bool,
    },
    Wait,
    Report,
    Stream,
    Nothing,
}

fn pending(next: &Next, before: Pending) -> Pending {
    match next {
        Next::KeepWaiting => before,
        Next::Send(Send {
            operation,
            freshness,
            ..
        }) => Pending::Request {
            operation: *operation,
            can_be_own_url: *freshness == super::Freshness::OwnUrls,
        },
        Next::Wait { .. } => Pending::Wait,
        Next::ReportSubmitted | Next::ReportStatus => Pending::Report,
        Next::FollowStream { .. } => Pending::Stream,
        Next::End { .. } => Pending::Nothing,
    }
}

/// How much was explored.
#[derive(Debug, Default, Clone, Copy)]
struct Explored {
    states: usize,
    transitions: usize,
}

/// Explores every order of events from this machine on. Fails with the shortest way to a state
/// that must not be.
fn explore<M: Machine>(goal: Goal, machine: M) -> Result<Explored, String> {
    let mut explored = Explored::default();
    let mut seen = HashSet::new();
    // The way to each state: the state before, and what happened there.
    let mut ways: Vec<(usize, Happening)> = Vec::new();
    let mut queue = VecDeque::new();
    let start = (machine, History::new(goal), Pending::Nothing);
    queue.push_back((start, usize::MAX));
    while let Some(((machine, history, before), way)) = queue.pop_front() {
        for happening in happenings(before, &history) {
            explored.transitions += 1;
            let mut machine = machine.clone();
            let mut history = history.clone();
            let now = history.now(happening);
            let step = machine.step(happening.event(), now);
            let found = history.note(happening, before, &step, machine.has_request());
            let after = pending(&step.next, before);
            let key = (machine.key(), history.clone(), after);
            let is_new = !seen.contains(&key);
            if is_new || found.is_err() {
                ways.push((way, happening));
            }
            if let Err(problem) = found {
                let steps = trace(&ways, ways.len() - 1);
                return Err(format!(
                    "{goal:?}: {problem}\n  after {steps}\n  with {step:?}"
                ));
            }
            if is_new {
                seen.insert(key);
                explored.states += 1;
                queue.push_back(((machine, history, after), ways.len() - 1));
            }
        }
    }
    Ok(explored)
}

fn trace(ways: &[(usize, Happening)], last: usize) -> String {
    let mut steps = Vec::new();
    let mut at = last;
    while at != usize::MAX {
        let (before, happening) = ways[at];
        steps.push(format!("{happening:?}"));
        at = before;
    }
    steps.reverse();
    steps.join(", ")
}

/// Every goal that a call may have.
fn goals() -> Vec<Goal> {
    // Only a call that follows a request has these.
    let is_alone = |operation: &Operation| {
        !matches!(
            operation,
            Operation::Poll | Operation::PollAtInterval | Operation::FollowedResult
        )
    };
    let operations = Operation::ALL.into_iter().filter(is_alone);
    let mut goals = vec![Goal::Subscribe, Goal::Resume, Goal::Follow];
    goals.extend(operations.map(Goal::Only));
    goals
}

/// A call with this goal, about a request where it needs one.
fn call(goal: Goal, settings: Settings) -> Call {
    let is_of_request = match goal {
        Goal::Resume | Goal::Follow => true,
        Goal::Only(operation) => {
            operation.reads_status() || operation.reads_result() || operation == Operation::Cancel
        }
        Goal::Subscribe => false,
    };
    let target = Target {
        endpoint: EndpointId::parse("acme/app"),
        request: is_of_request
            .then(|| QueuedRequest::new("r-1", super::NamedUrls::default()))
            .flatten(),
        url: Some("https://v3b.fal.media/put/x?signature=y".into()),
    };
    let target = match goal {
        Goal::Only(Operation::Upload | Operation::UploadPart | Operation::CompleteUpload) => target,
        _ => Target {
            url: None,
            ..target
        },
    };
    Call::new(goal, target, settings)
}

#[test]
fn no_order_of_events_breaks_an_invariant() {
    let polling = Settings {
        poll_interval_ms: Some(500.0),
        polls_only: true,
        ..Settings::default()
    };
    let mut sum = Explored::default();
    println!("| a call | states | transitions |\n|---|---|---|");
    for goal in goals() {
        let follows = !matches!(goal, Goal::Only(_));
        let ways = [("", Settings::default()), (", polling", polling.clone())];
        for (way, settings) in ways.into_iter().take(if follows { 2 } else { 1 }) {
            let explored =
                explore(goal, call(goal, settings)).unwrap_or_else(|way| panic!("{way}"));
            println!(
                "| {goal:?}{way} | {} | {} |",
                explored.states, explored.transitions
            );
            sum.states += explored.states;
            sum.transitions += explored.transitions;
        }
    }
    println!("| all | {} | {} |", sum.states, sum.transitions);
    assert!(sum.states > 1_000, "{sum:?}");
}

#[test]
fn every_broken_machine_is_found() {
    for breakage in broken::ALL {
        let goal = breakage.goal();
        let machine = broken::Broken::new(call(goal, Settings::default()), breakage);
        let found = explore(goal, machine).err();
        let problem = found.unwrap_or_else(|| panic!("{breakage:?} was not found"));
        println!("{breakage:?}: {problem}\n");
        assert!(
            problem.contains(breakage.invariant()),
            "{breakage:?}: {problem}"
        );
    }
}

#[test]
fn the_caller_may_have_a_submit_repeated() {
    let settings = Settings {
        retry: super::RetryChanges {
            repeats_submit: true,
            ..super::RetryChanges::default()
        },
        ..Settings::default()
    };
    let found = explore(Goal::Subscribe, call(Goal::Subscribe, settings));
    let problem = found.expect_err("the same submit twice");
    assert!(problem.contains(history::ONE_SUBMIT), "{problem}");
}
