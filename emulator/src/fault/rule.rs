//! One rule: the calls that it counts, the ones among them that it strikes, and the numbers of both.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::action::{Fault, Strike};
use super::draw::{Draw, Question};
use super::place::Call;
use super::route::Route;

/// A rule and its counts. Each route has its own count, so that the faults on one route do not depend on the calls on
/// other routes. A rule with `together` has one count for all routes.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) about: About,
    pub(super) method: Option<String>,
    pub(super) path_contains: String,
    /// If set, only calls of this endpoint or of endpoints below it. Follow-ups are compared by their app.
    pub(super) endpoint: Option<String>,
    /// Whether the calls of all its routes share one count.
    pub(super) together: bool,
    pub(super) when: When,
    /// The most strikes on a route, or on all routes if they are counted together.
    pub(super) times: Option<u32>,
    /// The faults, of which one is drawn for each strike.
    pub(super) faults: Vec<Fault>,
    pub(super) counts: Counts,
}

/// The calls that a rule applies to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Every request, whether a call of the protocol or not, with one count.
    Requests,
    /// Every call of the protocol that a client makes. Webhook deliveries are not among them.
    Calls,
    Routes(Vec<Route>),
}

/// The calls of a route that are struck.
#[derive(Debug, PartialEq)]
pub(super) enum When {
    Always,
    Nth(Vec<u32>),
    Every(u32),
    Probability(f64),
}

/// The verdict of a rule on a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counted {
    /// The rule does not apply to the call, and has not counted it.
    Not,
    Spared,
    /// The rule strikes the call, with the random numbers of this draw.
    Due(Draw),
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    routes: BTreeMap<Option<Route>, Count>,
    /// The number of strikes with each fault.
    faults: Vec<u32>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    calls: u32,
    struck: u32,
}

impl Rule {
    /// Counts a call, if the rule applies to it.
    pub(super) fn count(&mut self, seed: u64, rule: usize, call: &Call) -> Counted {
        if !self.is_about(call) {
            return Counted::Not;
        }
        let has_own_counts = self.about != About::Requests && !self.together;
        let route = call.route.filter(|_| has_own_counts);
        let count = self.counts.routes.entry(route).or_default();
        count.calls = count.calls.saturating_add(1);
        let draw = Draw {
            seed,
            rule: rule as u64,
            route,
            ordinal: count.calls,
        };
        let is_left = self.times.is_none_or(|times| count.struck < times);
        if is_left && self.when.strikes(draw) {
            Counted::Due(draw)
        } else {
            Counted::Spared
        }
    }

    /// Draws the fault for a strike, and counts the strike.
    pub(super) fn strike(&mut self, draw: Draw) -> Option<Strike> {
        let which = draw.below(Question::Which, self.faults.len() as u64);
        let which = usize::try_from(which).unwrap_or_default();
        let fault = self.faults.get(which)?.clone();
        if let Some(count) = self.counts.routes.get_mut(&draw.route) {
            count.struck = count.struck.saturating_add(1);
        }
        self.counts.faults.resize(self.faults.len(), 0);
        if let Some(count) = self.counts.faults.get_mut(which) {
            *count = count.saturating_add(1);
        }
        let (least, most) = (u64::from(fault.delay.0), u64::from(fault.delay.1));
        let more = draw.below(Question::Delay, most - least + 1);
        Some(Strike {
            delay: Duration::from_millis(least + more),
            action: fault.action,
        })
    }

    /// Whether a rule with one count has made all its strikes.
    pub(super) fn is_spent(&self) -> bool {
        let struck = self.counts.routes.values().map(|count| count.struck).max();
        self.times.is_some_and(|times| struck >= Some(times))
    }

    fn is_about(&self, call: &Call) -> bool {
        let is_method = match &self.method {
            Some(wanted) => wanted.eq_ignore_ascii_case(&call.method),
            None => self.about != About::Requests || !call.is_aside(),
        };
        let is_meant = match (&self.about, call.route) {
            (About::Requests, _) => true,
            (About::Calls, route) => route.is_some_and(|route| route != Route::Webhook),
            (About::Routes(routes), route) => route.is_some_and(|route| routes.contains(&route)),
        };
        let is_of_endpoint = match &self.endpoint {
            Some(endpoint) => call.is_of(endpoint),
            None => true,
        };
        is_method && is_meant && is_of_endpoint && call.text.contains(&self.path_contains)
    }

    /// The counts, beside the faults as they are in the plan (`written`).
    pub(super) fn report(&self, written: &Value) -> Value {
        let routes = self.counts.routes.iter().map(|(route, count)| {
            let name = route.map_or("any", Route::name);
            (
                name.to_owned(),
                json!({ "calls": count.calls, "struck": count.struck }),
            )
        });
        let written = match written {
            Value::Array(faults) => faults.as_slice(),
            one => std::slice::from_ref(one),
        };
        let struck = self
            .counts
            .faults
            .iter()
            .copied()
            .chain(std::iter::repeat(0));
        let faults = written
            .iter()
            .zip(struck)
            .map(|(fault, struck)| json!({ "struck": struck, "fault": fault }));
        let total = |of: fn(&Count) -> u32| -> u64 {
            self.counts
                .routes
                .values()
                .map(|count| u64::from(of(count)))
                .sum()
        };
        json!({
            "calls": total(|count| count.calls),
            "struck": total(|count| count.struck),
            "routes": routes.collect::<Value>(),
            "faults": faults.collect::<Vec<_>>(),
        })
    }
}

impl When {
    fn strikes(&self, draw: Draw) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(ordinals) => ordinals.contains(&draw.ordinal),
            Self::Every(every) => draw.ordinal.is_multiple_of(*every),
            Self::Probability(probability) => draw.unit(Question::Strike) < *probability,
        }
    }
}
