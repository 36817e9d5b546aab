//! The fault bench: faults that a person switches on and off in the inspector. Each is a small plan with a seed of its
//! own, so that it strikes the same calls each time it is switched on.

use serde_json::{Value, json};

use super::action::Strike;
use super::place::Call;
use super::plan::Plan;

/// The most faults on the bench: more than a person can keep in view.
const MOST: usize = 50;

/// The faults on the bench, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Bench {
    last_id: u32,
    switches: Vec<Switch>,
}

#[derive(Debug)]
struct Switch {
    id: u32,
    is_on: bool,
    plan: Plan,
}

impl Bench {
    /// Adds a fault, switched on, and returns its id.
    pub(super) fn add(&mut self, plan: Plan) -> Result<u32, String> {
        if self.switches.len() >= MOST {
            return Err(format!("The bench holds {MOST} faults: remove some first"));
        }
        self.last_id += 1;
        let id = self.last_id;
        self.switches.push(Switch {
            id,
            is_on: true,
            plan,
        });
        Ok(id)
    }

    /// Switches a fault on, with all counts at 0, or off. `false` if no fault has this id.
    pub(super) fn set(&mut self, id: u32, is_on: bool) -> bool {
        let Some(switch) = self.switches.iter_mut().find(|switch| switch.id == id) else {
            return false;
        };
        if is_on && !switch.is_on {
            switch.plan.restart();
        }
        switch.is_on = is_on;
        true
    }

    /// Removes one fault, or all. `false` if no fault has this id.
    pub(super) fn remove(&mut self, id: Option<u32>) -> bool {
        let before = self.switches.len();
        self.switches
            .retain(|switch| id.is_some_and(|id| switch.id != id));
        id.is_none() || self.switches.len() < before
    }

    /// Whether all faults are off.
    pub(super) fn is_idle(&self) -> bool {
        self.switches.iter().all(|switch| !switch.is_on)
    }

    /// The fault for a call, if one strikes it. The first fault that strikes wins, and those after it do not count the
    /// call.
    pub(super) fn strike(&mut self, call: &Call) -> Option<Strike> {
        let mut on = self.switches.iter_mut().filter(|switch| switch.is_on);
        on.find_map(|switch| switch.plan.strike(call))
    }

    /// Every fault as it was sent, with its counts.
    pub(super) fn report(&self) -> Value {
        let switches = self.switches.iter();
        switches
            .map(|switch| {
                let mut report = switch.plan.report();
                report["id"] = json!(switch.id);
                report["is_on"] = json!(switch.is_on);
                report
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;

    use super::super::Faults;
    use super::*;

    fn call(path: &str) -> Call {
        let request = Request::post(path).body(Body::empty()).expect("a request");
        Call::of(&request, None)
    }

    fn add(faults: &Faults, plan: &Value) -> u32 {
        let added = faults.add_switch(plan.to_string().as_bytes());
        added.expect("a fault")
    }

    fn two_of(endpoint: &str) -> Value {
        json!({"seed": 7, "rules": [{
            "route": "any", "endpoint": endpoint, "times": 2, "together": true,
            "fault": {"kind": "service_unavailable"},
        }]})
    }

    #[test]
    fn the_next_two_calls_of_an_endpoint_are_struck_whichever_they_are() {
        let faults = Faults::default();
        add(&faults, &two_of("a/b/c"));
        assert!(faults.strike(&call("/queue.fal.run/x/y")).is_none());
        assert!(faults.strike(&call("/queue.fal.run/a/b/c")).is_some());
        assert!(faults.strike(&call("/fal.run/a/b/c")).is_some());
        assert!(faults.strike(&call("/fal.run/a/b/c")).is_none());
        assert_eq!(faults.switches()[0]["struck"], 2);
        assert_eq!(faults.switches()[0]["calls"], 3);
    }

    #[test]
    fn a_fault_that_is_off_strikes_nothing_and_begins_anew_when_it_is_on() {
        let faults = Faults::default();
        let id = add(&faults, &two_of("a/b"));
        let is_struck = || faults.strike(&call("/fal.run/a/b")).is_some();
        assert!(is_struck() && !faults.is_idle());
        assert!(faults.set_switch(id, false) && faults.is_idle());
        assert!(!is_struck());
        assert_eq!(faults.switches()[0]["is_on"], false);
        assert!(faults.set_switch(id, true));
        assert!(is_struck() && is_struck() && !is_struck());
        assert!(faults.remove_switches(Some(id)) && faults.is_idle());
        assert!(!faults.remove_switches(Some(id)) && !faults.set_switch(id, true));
    }

    #[test]
    fn chance_strikes_the_same_calls_each_time_it_is_switched_on() {
        let faults = Faults::default();
        let id = add(
            &faults,
            &json!({"seed": 42, "rules": [{
                "route": "run", "probability": 0.4, "fault": {"html": true},
            }]}),
        );
        let strikes = || -> Vec<bool> {
            (0..40)
                .map(|_| faults.strike(&call("/fal.run/a/b")).is_some())
                .collect()
        };
        let first = strikes();
        assert!(first.contains(&true) && first.contains(&false));
        faults.set_switch(id, false);
        faults.set_switch(id, true);
        assert_eq!(strikes(), first);
    }

    #[test]
    fn the_bench_is_bounded_and_says_so() {
        let faults = Faults::default();
        for _ in 0..MOST {
            add(&faults, &two_of("a/b"));
        }
        let plan = two_of("a/b").to_string();
        let problem = faults.add_switch(plan.as_bytes()).expect_err("full");
        assert!(problem.contains("remove"), "{problem}");
        faults.remove_switches(None);
        assert_eq!(faults.switches(), json!([]));
    }
}
