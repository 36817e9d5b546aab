//! The cost of calls: the sum of the billable units of each endpoint. fal.ai sends the units in a header of its answers.
//! Pure.

use std::collections::{BTreeMap, HashMap, VecDeque};

use axum::http::HeaderMap;

use crate::fault::Call;
use crate::protocol;

const UNITS: &str = "x-fal-billable-units";
const REQUEST_ID: &str = "x-fal-request-id";

/// The number of requests that are remembered, so that none is counted twice.
const MOST_REQUESTS: usize = 10_000;
/// The most endpoints. Costs of further ones are not counted.
const MOST_ENDPOINTS: usize = 200;

/// The units since the start.
#[derive(Debug, Default)]
pub(super) struct Spending {
    endpoints: BTreeMap<String, Spent>,
    /// The endpoints of requests by their ids, as the URL of a result names only the app.
    submitted: Remembered<String>,
    counted: Remembered<()>,
}

/// The units of one endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Spent {
    pub(super) requests: u64,
    pub(super) units: f64,
}

/// Values for the latest request ids.
#[derive(Debug)]
struct Remembered<T> {
    values: HashMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl Spending {
    /// The endpoint of a call: the full id, if its submit was seen.
    pub(super) fn endpoint_of(&self, call: &Call) -> Option<String> {
        let submitted = call.request_id.as_ref();
        let submitted = submitted.and_then(|id| self.submitted.values.get(id));
        submitted.or(call.endpoint.as_ref()).cloned()
    }

    /// Records the cost of a request, which is in a header of its answer.
    pub(super) fn note(&mut self, call: &Call, endpoint: Option<&str>, answer: &HeaderMap) {
        let Some(endpoint) = endpoint else { return };
        let text = |name: &str| answer.get(name).and_then(|value| value.to_str().ok());
        let request_id = text(REQUEST_ID).or(call.request_id.as_deref());
        // If the id has no path, the URL of the result names the whole id, too.
        if call.request_id.is_none()
            && protocol::base(endpoint) != Some(endpoint)
            && let Some(id) = request_id
        {
            self.submitted.insert(id, endpoint.to_owned());
        }
        let units = text(UNITS).and_then(|units| units.parse::<f64>().ok());
        let Some(units) = units.filter(|units| units.is_finite() && *units >= 0.0) else {
            return;
        };
        // A result may be fetched many times, but is paid for once.
        if let Some(id) = request_id
            && !self.counted.insert(id, ())
        {
            return;
        }
        let is_known = self.endpoints.contains_key(endpoint);
        if !is_known && self.endpoints.len() >= MOST_ENDPOINTS {
            return;
        }
        let spent = self.endpoints.entry(endpoint.to_owned()).or_default();
        spent.requests += 1;
        spent.units += units;
    }

    /// The cost of each endpoint, by its id.
    pub(super) fn by_endpoint(&self) -> impl Iterator<Item = (&str, Spent)> {
        let endpoints = self.endpoints.iter();
        endpoints.map(|(endpoint, spent)| (endpoint.as_str(), *spent))
    }
}

impl<T> Remembered<T> {
    /// Adds or replaces a value. `true` if the id is new.
    fn insert(&mut self, id: &str, value: T) -> bool {
        let is_new = self.values.insert(id.to_owned(), value).is_none();
        if is_new {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > MOST_REQUESTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderValue, Request};

    use super::*;

    fn call(method: &str, path: &str) -> Call {
        let request = Request::builder().method(method).uri(path);
        Call::of(&request.body(Body::empty()).expect("a request"), None)
    }

    fn note(spending: &mut Spending, call: &Call, headers: &[(&'static str, &'static str)]) {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| {
            (
                name.parse().expect("a name"),
                HeaderValue::from_static(value),
            )
        });
        let endpoint = spending.endpoint_of(call);
        spending.note(call, endpoint.as_deref(), &headers.collect());
    }

    fn spent(spending: &Spending) -> Vec<(String, u64, f64)> {
        let all = spending.by_endpoint();
        all.map(|(id, spent)| (id.to_owned(), spent.requests, spent.units))
            .collect()
    }

    #[test]
    fn a_result_is_counted_once_for_the_endpoint_of_its_submit() {
        let mut spending = Spending::default();
        let submit = call("POST", "/queue.fal.run/a/b/c");
        note(&mut spending, &submit, &[(REQUEST_ID, "1")]);
        let result = call("GET", "/queue.fal.run/a/b/requests/1");
        for _ in 0..3 {
            note(&mut spending, &result, &[(REQUEST_ID, "1"), (UNITS, "2.5")]);
        }
        assert_eq!(spent(&spending), [("a/b/c".to_owned(), 1, 2.5)]);
        let other = call("GET", "/queue.fal.run/a/b/requests/2");
        note(&mut spending, &other, &[(UNITS, "1")]);
        let expected = [("a/b".to_owned(), 1, 1.0), ("a/b/c".to_owned(), 1, 2.5)];
        assert_eq!(spent(&spending), expected);
    }

    #[test]
    fn runs_add_up_and_what_is_no_number_is_left_out() {
        let mut spending = Spending::default();
        let run = call("POST", "/fal.run/a/b");
        for (id, units) in [
            ("1", "1"),
            ("2", "0.25"),
            ("3", "free"),
            ("4", "NaN"),
            ("5", "-1"),
        ] {
            note(&mut spending, &run, &[(REQUEST_ID, id), (UNITS, units)]);
        }
        note(&mut spending, &run, &[]);
        assert_eq!(spent(&spending), [("a/b".to_owned(), 2, 1.25)]);
    }
}
