//! All faults of an emulator: the one-off faults, the bench, and the plan.

use std::path::Path;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::action::Strike;
use super::bench::Bench;
use super::once::Once;
use super::place::Call;
use super::plan::Plan;
use super::rule::{Counted, Rule};

/// The one-off faults, the bench, and the plan.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    queued: Vec<Rule>,
    bench: Bench,
    plan: Option<Plan>,
}

impl Faults {
    /// Reads the plan in `file`, if there is a file. The error is a line for the user.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, String> {
        let faults = Self::default();
        if let Some(file) = file {
            let shown = file.display();
            let json = std::fs::read(file).map_err(|error| {
                format!("Could not read {shown}: {error}; name another with --faults")
            })?;
            let plan = Plan::parse(&json).map_err(|problem| format!("{shown}: {problem}"))?;
            faults.follow(plan);
        }
        Ok(faults)
    }

    /// Adds a one-off fault, given as JSON. The error names the mistake in the JSON.
    pub(crate) fn queue(&self, json: &[u8]) -> Result<(), String> {
        let once: Once =
            serde_json::from_slice(json).map_err(|error| format!("Not a fault: {error}"))?;
        let rule = once.rule()?;
        self.0.lock().queued.push(rule);
        Ok(())
    }

    /// Removes the one-off faults.
    pub(crate) fn clear(&self) {
        self.0.lock().queued.clear();
    }

    /// Follows `plan` from now on, with all counts at 0. It replaces any other plan.
    pub(crate) fn follow(&self, plan: Plan) {
        self.0.lock().plan = Some(plan);
    }

    /// Stops following the plan.
    pub(crate) fn end_plan(&self) {
        self.0.lock().plan = None;
    }

    /// Adds a fault to the bench, given as a plan in JSON, and switches it on. Returns its id. The error names the
    /// mistake in the JSON.
    pub(crate) fn add_switch(&self, json: &[u8]) -> Result<u32, String> {
        let plan = Plan::parse(json)?;
        self.0.lock().bench.add(plan)
    }

    /// Switches a fault of the bench on, with all counts at 0, or off. `false` if no fault has this id.
    pub(crate) fn set_switch(&self, id: u32, is_on: bool) -> bool {
        self.0.lock().bench.set(id, is_on)
    }

    /// Removes a fault from the bench, or all of them. `false` if no fault has this id.
    pub(crate) fn remove_switches(&self, id: Option<u32>) -> bool {
        self.0.lock().bench.remove(id)
    }

    /// The faults on the bench, with their counts.
    pub(crate) fn switches(&self) -> Value {
        self.0.lock().bench.report()
    }

    /// Whether no call can meet a fault.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.0.lock();
        state.queued.is_empty() && state.plan.is_none() && state.bench.is_idle()
    }

    /// The plan with its counts. `plan` is `null` if there is none.
    pub(crate) fn report(&self) -> Value {
        let state = self.0.lock();
        let report = state.plan.as_ref().map(Plan::report);
        report.unwrap_or_else(|| json!({ "plan": null }))
    }

    /// The fault for a call, if one strikes it. A one-off fault comes before the bench, and the bench before the plan.
    pub(super) fn strike(&self, call: &Call) -> Option<Strike> {
        let mut state = self.0.lock();
        let planned = state.plan.as_mut();
        // The plan counts every call, so that a one-off fault does not change which calls it strikes.
        let planned = planned.and_then(|plan| plan.strike(call));
        let queued = state.queued.iter_mut().enumerate();
        let mut due = queued.filter_map(|(at, rule)| match rule.count(0, at, call) {
            Counted::Due(draw) => Some((at, draw)),
            _ => None,
        });
        let Some((at, draw)) = due.next() else {
            return state.bench.strike(call).or(planned);
        };
        let rule = state.queued.get_mut(at)?;
        let strike = rule.strike(draw);
        if rule.is_spent() {
            state.queued.remove(at);
        }
        strike
    }
}
