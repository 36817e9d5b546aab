//! A one-off fault, which a test sets for its next requests. It is a rule for all requests with one common count, and is
//! removed when it is spent.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::action::{Action, Fault, Reset};
use super::answer::{self, Answer};
use super::format::DelayMs;
use super::read;
use super::rule::{About, Counts, Rule, When};

/// The JSON of a one-off fault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Once {
    method: Option<String>,
    /// A part of the path and query. For proxied requests, of the target's.
    #[serde(default)]
    path_contains: String,
    #[serde(default = "once")]
    times: u32,
    status: Option<u16>,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<Value>,
    #[serde(default)]
    delay_ms: u32,
    /// Whether to drop the connection without an answer.
    #[serde(default)]
    close: bool,
    /// Whether to process the request first, as if only its answer were lost.
    #[serde(default)]
    after: bool,
}

fn once() -> u32 {
    1
}

impl Once {
    /// The rule for this fault. The error names the mistake for the author of the test.
    pub(super) fn rule(self) -> Result<Rule, String> {
        let delay = DelayMs(self.delay_ms, self.delay_ms);
        let action = self.action()?;
        Ok(Rule {
            about: About::Requests,
            method: self.method,
            path_contains: self.path_contains,
            endpoint: None,
            together: false,
            when: When::Always,
            times: Some(self.times.max(1)),
            faults: vec![Fault { delay, action }],
            counts: Counts::default(),
        })
    }

    fn action(&self) -> Result<Action, String> {
        let answer = self.read_answer()?;
        Ok(match answer {
            Some(answer) if self.after || !self.close => Action::Answer {
                answer: Box::new(answer),
                after: self.after,
            },
            _ if self.after && (self.close || self.delay_ms > 0) => {
                Action::Reset(Reset::AfterInSilence)
            }
            _ if self.close => Action::Reset(Reset::Before),
            _ if self.delay_ms > 0 => Action::Pass,
            _ => return Err("A fault needs a status, close or delay_ms".to_owned()),
        })
    }

    fn read_answer(&self) -> Result<Option<Answer>, String> {
        let Some(status) = self.status else {
            return Ok(None);
        };
        let mut answer = Answer::new(read::status_of(status)?, self.body.as_ref());
        for (name, value) in &self.headers {
            let header = value.as_str().and_then(|value| answer::header(name, value));
            let (name, value) =
                header.ok_or_else(|| format!("{name} cannot be sent as a header"))?;
            answer = answer.with(name, value);
        }
        Ok(Some(answer))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Faults;
    use super::super::place::Call;
    use super::*;

    fn queued(fault: &Value) -> Faults {
        let faults = Faults::default();
        faults.queue(fault.to_string().as_bytes()).expect("a fault");
        faults
    }

    fn strikes(faults: &Faults, method: &str, text: &str) -> bool {
        let call = Call {
            method: method.to_owned(),
            ..Call::webhook(text)
        };
        faults.strike(&call).is_some()
    }

    #[test]
    fn a_fault_strikes_by_method_and_place() {
        let fault = json!({"method": "post", "path_contains": "/status", "status": 500});
        let faults = queued(&fault);
        assert!(!strikes(&faults, "GET", "/a/b/status"));
        assert!(!strikes(&faults, "POST", "/a/b"));
        assert!(strikes(&faults, "POST", "/a/b/status?x=1"));
    }

    #[test]
    fn a_fault_without_a_method_leaves_preflights_and_deliveries_alone() {
        let faults = queued(&json!({"status": 500}));
        assert!(!strikes(&faults, "OPTIONS", "/"));
        assert!(!strikes(&faults, "WEBHOOK", "http://127.0.0.1/"));
        assert!(strikes(&faults, "PUT", "/"));
    }

    #[test]
    fn a_fault_is_spent_after_its_times() {
        let faults = queued(&json!({"times": 2, "close": true}));
        assert!(strikes(&faults, "GET", "/") && strikes(&faults, "PUT", "/x"));
        assert!(!strikes(&faults, "GET", "/"));
    }

    #[test]
    fn faults_come_in_the_order_in_which_they_were_queued() {
        let faults = queued(&json!({"status": 500}));
        faults
            .queue(b"{\"path_contains\": \"/b\", \"delay_ms\": 7}")
            .expect("a fault");
        let call = |text: &str| Call::webhook(text);
        assert!(faults.strike(&call("/b")).is_none());
        assert!(strikes(&faults, "GET", "/b"));
        assert!(!strikes(&faults, "GET", "/a"));
        assert!(strikes(&faults, "GET", "/b"));
    }

    #[test]
    fn a_fault_that_does_nothing_or_cannot_be_sent_is_told() {
        for wrong in [
            json!({}),
            json!({"status": 99}),
            json!({"status": 500, "headers": {"a b": ""}}),
            json!({"status": 500, "headers": {"a": 1}}),
            json!({"stauts": 500}),
        ] {
            let faults = Faults::default();
            assert!(
                faults.queue(wrong.to_string().as_bytes()).is_err(),
                "{wrong}"
            );
        }
    }
}
