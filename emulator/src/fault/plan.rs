//! A fault plan and its counts.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::action::{Action, Strike};
use super::check;
use super::format::PlanFields;
use super::place::Call;
use super::rule::{Counted, Counts, Rule};

/// The end of an error about the format.
const SEE: &str = "the format is told in emulator/faults/README.md";

/// The rules in their order, and the counts of the calls so far.
#[derive(Debug)]
pub(crate) struct Plan {
    seed: u64,
    rules: Vec<Rule>,
    written: Value,
    /// The calls that at least one rule has counted.
    calls: u64,
    struck: u64,
    /// The files whose upload URLs have expired by a fault.
    expired: HashSet<String>,
    refused_as_expired: u64,
}

impl Plan {
    /// Parses JSON. The error is one line that names the rule and the field.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let mut text = serde_json::Deserializer::from_slice(json);
        let fields: PlanFields = serde_path_to_error::deserialize(&mut text).map_err(|error| {
            match error.path().to_string().as_str() {
                // The error is about the plan as a whole.
                "." => format!("{}; {SEE}", error.inner()),
                path => format!("{path}: {}; {SEE}", error.inner()),
            }
        })?;
        text.end().map_err(|error| format!("{error}; {SEE}"))?;
        let seed = fields.seed;
        let rules = check::rules(fields).map_err(|problem| format!("{problem}; {SEE}"))?;
        Ok(Self {
            seed,
            rules,
            written: serde_json::from_slice(json).unwrap_or_default(),
            calls: 0,
            struck: 0,
            expired: HashSet::new(),
            refused_as_expired: 0,
        })
    }

    /// Counts a call, and returns its fault, if a rule strikes it. Each rule counts every call that it applies to, even if
    /// another rule strikes. The first rule that strikes wins.
    pub(super) fn strike(&mut self, call: &Call) -> Option<Strike> {
        let is_expired = call.upload.as_ref();
        let is_expired = is_expired.is_some_and(|upload| self.expired.contains(upload));
        let (mut is_counted, mut struck) = (false, None);
        for (index, rule) in self.rules.iter_mut().enumerate() {
            let counted = rule.count(self.seed, index, call);
            is_counted |= !matches!(counted, Counted::Not);
            if let Counted::Due(draw) = counted
                && struck.is_none()
                && !is_expired
            {
                struck = rule.strike(draw);
            }
        }
        self.calls += u64::from(is_counted);
        self.struck += u64::from(struck.is_some());
        let Some(upload) = &call.upload else {
            return struck;
        };
        if is_expired {
            self.refused_as_expired += 1;
            return Some(Strike {
                delay: std::time::Duration::ZERO,
                action: Action::Expired,
            });
        }
        if let Some(Action::Expired) = struck.as_ref().map(|strike| &strike.action) {
            self.expired.insert(upload.clone());
        }
        struck
    }

    /// Sets all counts to 0, so that the plan strikes the same calls again.
    pub(super) fn restart(&mut self) {
        for rule in &mut self.rules {
            rule.counts = Counts::default();
        }
        (self.calls, self.struck, self.refused_as_expired) = (0, 0, 0);
        self.expired.clear();
    }

    /// The plan and its counts.
    pub(super) fn report(&self) -> Value {
        let rule =
            |(index, rule): (usize, &Rule)| rule.report(&self.written["rules"][index]["fault"]);
        let rules: Vec<_> = self.rules.iter().enumerate().map(rule).collect();
        json!({
            "plan": self.written,
            "seed": self.seed,
            "calls": self.calls,
            "struck": self.struck,
            "refused_as_expired": self.refused_as_expired,
            "rules": rules,
        })
    }
}
