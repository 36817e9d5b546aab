//! The facts of an answer on which a decision depends.

use crate::{answer::is_unknown_request, protocol::QueueStatus, retry::Failure};

/// Where a request stands, by a status.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// The `status`.
    pub status: QueueStatus,
    /// The `queue_position`, 0 if there is none.
    pub position: f64,
    /// The `error` or the `error_type` says something: see [`Standing::read`].
    pub has_failed: bool,
}

impl Standing {
    /// Reads a status. Some services give an `error` that says nothing with every status.
    pub fn read(
        status: &str,
        position: Option<f64>,
        error: Option<&str>,
        error_type: Option<&str>,
    ) -> Self {
        let says = |text: Option<&str>| text.is_some_and(|text| !text.trim_ascii().is_empty());
        Self {
            status: QueueStatus::parse(status),
            position: position.unwrap_or_default(),
            has_failed: says(error) || says(error_type),
        }
    }
}

/// The facts of an error body, or of the body of an answer to a cancel. A text is empty if the
/// body does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct ErrorBody<'a> {
    /// There is no body, or it is `null` or an empty text. `{}` is not empty: it is somebody's answer.
    pub is_empty: bool,
    /// It is a text or a page, not JSON.
    pub is_text: bool,
    /// Its `detail`, if that is a text.
    pub detail: &'a str,
    /// Its `status`.
    pub status: &'a str,
    /// Its `error_type` is a text that says something.
    pub has_error_type: bool,
    /// Its `detail` lists problems of the input: a `loc` that begins with `body`.
    pub has_input_findings: bool,
    /// Its `success` is `true`.
    pub says_success: bool,
}

/// An HTTP error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HttpError<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Whether the caller's own list of statuses to retry has it. `None` without such a list.
    pub is_listed: Option<bool>,
    /// The wait that the server asks for, in milliseconds.
    pub retry_after_ms: Option<f64>,
    /// The caller's own start timeout ran out (`X-Fal-Request-Timeout-Type: user`).
    pub is_user_timeout: bool,
    /// The answer names the type of the request's failure: in `X-Fal-Error-Type` or in its body.
    pub names_error_type: bool,
    /// The request had a URL of its own: see [`Freshness`](super::Freshness).
    pub had_own_url: bool,
    /// Its body.
    pub body: ErrorBody<'a>,
}

/// A cancel's answers of fal's (§5.6).
const CANCELLED: [&str; 4] = [
    "OK",
    "CANCELLATION_REQUESTED",
    "ALREADY_COMPLETED",
    "NOT_FOUND",
];

impl ErrorBody<'_> {
    /// Whether an answer of 2xx to a cancel is fal's.
    pub(super) fn acknowledges_cancel(&self) -> bool {
        self.is_empty
            || !self.status.trim_ascii().is_empty()
            || self.says_success
            || is_unknown_request(self.detail, "")
    }
}

impl HttpError<'_> {
    /// Whether it says that there is nothing left to cancel.
    pub(super) fn acknowledges_cancel(&self) -> bool {
        let body = &self.body;
        let is_word = body.is_empty
            || CANCELLED.contains(&body.status)
            || body.says_success
            || is_unknown_request(body.detail, "");
        matches!(self.status, 400 | 404) && is_word
    }

    /// Whether an error in place of a result is the request's own failure. If in doubt it is not:
    /// the error of a server in between is no failure of the job.
    pub(super) fn is_failure_of_request(&self) -> bool {
        let body = &self.body;
        if body.has_error_type {
            return self.status != 429;
        }
        let is_refused_input = self.status == 422 && !body.detail.trim_ascii().is_empty();
        body.has_input_findings || is_refused_input
    }
}

/// Whether a proxy may have answered so because it knows no URL but its own. An error that passes
/// says nothing of the URL.
pub(super) fn may_mean_unknown_url(failure: Failure) -> bool {
    let Failure::Status {
        status, is_passing, ..
    } = failure
    else {
        return false;
    };
    matches!(status, 403..=405 | 410 | 412 | 414) || (status == 400 && !is_passing)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn only_words_or_a_type_make_a_failure() {
        let has_failed =
            |error, error_type| Standing::read("COMPLETED", None, error, error_type).has_failed;
        for (error, error_type) in [(None, None), (Some(""), None), (Some(" \n"), Some(""))] {
            assert!(!has_failed(error, error_type), "{error:?} {error_type:?}");
        }
        assert!(has_failed(Some("Runner went away"), None));
        assert!(has_failed(None, Some("runner_disconnected")));
    }

    /// An HTTP error whose body says this.
    fn error(status: u16, body: ErrorBody<'_>) -> HttpError<'_> {
        HttpError {
            status,
            body,
            ..HttpError::default()
        }
    }

    #[test]
    fn a_servers_own_error_is_no_failure_of_the_request() {
        let failed = ErrorBody {
            has_error_type: true,
            ..ErrorBody::default()
        };
        let findings = ErrorBody {
            has_input_findings: true,
            ..ErrorBody::default()
        };
        let words = ErrorBody {
            detail: "Missing header",
            ..ErrorBody::default()
        };
        assert!(error(500, failed).is_failure_of_request());
        assert!(error(422, findings).is_failure_of_request());
        assert!(error(422, words).is_failure_of_request());
        for other in [
            error(429, failed),
            error(404, words),
            error(422, ErrorBody::default()),
            error(500, words),
        ] {
            assert!(!other.is_failure_of_request(), "{other:?}");
        }
    }

    #[test]
    fn a_cancel_is_acknowledged_by_fals_own_words_only() {
        let word = |status| ErrorBody {
            status,
            ..ErrorBody::default()
        };
        let empty = ErrorBody {
            is_empty: true,
            ..ErrorBody::default()
        };
        assert!(word("CANCELLATION_REQUESTED").acknowledges_cancel());
        assert!(empty.acknowledges_cancel());
        assert!(!ErrorBody::default().acknowledges_cancel());
        assert!(error(400, word("ALREADY_COMPLETED")).acknowledges_cancel());
        assert!(error(404, word("NOT_FOUND")).acknowledges_cancel());
        assert!(!error(400, word("BAD")).acknowledges_cancel());
        assert!(!error(503, word("OK")).acknowledges_cancel());
    }
}
