//! Failures of the infrastructure around a model: their types, and the HTTP status of each (protocol §10.3).

use axum::http::StatusCode;

const TYPES: [(&str, u16); 14] = [
    ("request_timeout", 504),
    ("startup_timeout", 504),
    ("runner_scheduling_failure", 503),
    ("runner_connection_timeout", 503),
    ("runner_disconnected", 503),
    ("runner_connection_refused", 503),
    ("runner_connection_error", 503),
    ("runner_incomplete_response", 502),
    ("runner_server_error", 500),
    ("client_disconnected", 499),
    ("client_cancelled", 499),
    ("bad_request", 400),
    ("internal_error", 500),
    ("concurrent_requests_limit", 429),
];

/// A type of failure that the service documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FailureType {
    pub(crate) name: &'static str,
    status: u16,
}

impl FailureType {
    pub(crate) const REQUEST_TIMEOUT: Self = Self {
        name: "request_timeout",
        status: 504,
    };
    pub(crate) const CLIENT_CANCELLED: Self = Self {
        name: "client_cancelled",
        status: 499,
    };

    /// The documented type of this name. `None` if there is none.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let known = TYPES.iter().find(|(known, _)| *known == name);
        known.map(|&(name, status)| Self { name, status })
    }

    /// The names of all types.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        TYPES.iter().map(|(name, _)| *name)
    }

    /// The HTTP status of the result call.
    pub(crate) fn status(self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_status_that_is_an_error() {
        for name in FailureType::names() {
            let kind = FailureType::find(name).expect("known");
            assert_eq!(kind.name, name);
            assert!(kind.status().as_u16() >= 400, "{name}");
        }
        assert_eq!(FailureType::find("sulking"), None);
        for kind in [FailureType::REQUEST_TIMEOUT, FailureType::CLIENT_CANCELLED] {
            assert_eq!(FailureType::find(kind.name), Some(kind));
        }
    }
}
