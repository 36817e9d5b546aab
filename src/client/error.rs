//! Why a call failed.

use std::{fmt, sync::Arc};

use serde::Serialize;
use serde_json::Value;

/// Why a call failed.
///
/// ```
/// # use fal_wasm::Error;
/// # fn explain(error: &Error) -> String {
/// match error {
///     Error::Api { status: 422, fields, .. } => format!("{} fields are wrong", fields.len()),
///     Error::Network { is_offline: true, .. } => "You are offline.".into(),
///     error if error.job_may_exist() => "The job may run: look before you submit it again.".into(),
///     error => error.to_string(),
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// An argument cannot be right. Nothing was sent.
    InvalidArgument {
        /// Which one.
        argument: &'static str,
        /// Its problem.
        problem: String,
    },
    /// The input breaks the published rules of the model. Nothing was sent.
    InvalidInput {
        /// Each field that is wrong.
        fields: Box<[FieldError]>,
    },
    /// The service answered with an HTTP error (§10).
    Api {
        /// The operation that failed, e.g. `submit`.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's words.
        message: String,
        /// The fields of the input that the service refuses (§10.1).
        fields: Box<[FieldError]>,
        /// The type of the request's failure (§10.2).
        error_type: Option<String>,
        /// The request, once it is known.
        request_id: Option<String>,
        /// The body: JSON, or its text as a string.
        body: Box<Value>,
        /// The request has failed for good: forget its handle.
        is_final: bool,
    },
    /// A submit or a run got no answer, and may have arrived. The service knows no idempotency key, so
    /// another submit may be billed as a second job.
    SubmitUncertain {
        /// Why there was no answer.
        source: Box<Error>,
    },
    /// No answer, or half of one.
    Network {
        /// The operation that failed.
        operation: &'static str,
        /// The browser's words, which differ from browser to browser.
        message: String,
        /// There was no network at all.
        is_offline: bool,
        /// The request, once it is known. The job may still be running.
        request_id: Option<String>,
    },
    /// An answer that this protocol does not have, or output that does not fit the caller's type.
    BadAnswer {
        /// The operation that failed.
        operation: &'static str,
        /// Its problem.
        problem: String,
        /// The field that does not fit, e.g. `images[0].width`.
        field: Option<String>,
        /// The answer as it came. Nothing of a paid result is lost.
        text: String,
        /// The request, once it is known.
        request_id: Option<String>,
    },
    /// The request completed with an error (§5.5).
    JobFailed {
        /// The service's words.
        message: String,
        /// The type of the failure (§10.2).
        error_type: Option<String>,
        /// The request.
        request_id: Option<String>,
    },
    /// The client's middleware failed.
    Middleware {
        /// Its error.
        source: Arc<dyn std::error::Error + Send + Sync>,
        /// The request, once it is known.
        request_id: Option<String>,
    },
    /// The caller's timeout ran out. The job is cancelled.
    TimedOut {
        /// The request, once it is known.
        request_id: Option<String>,
    },
    /// The caller stopped the call. Its job is cancelled.
    Aborted {
        /// The request, once it is known.
        request_id: Option<String>,
    },
    /// The caller left the call. Its job goes on.
    Detached {
        /// The request, once it is known.
        request_id: Option<String>,
    },
    /// The call was made outside of a browser: on a server, for instance. Nothing was sent.
    NotInBrowser,
}

/// One field of an input that is wrong (§10.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// Where: `prompt`, `images[0].url`.
    pub field: String,
    /// The kind of problem, to branch on, e.g. `missing` or `greater_than_equal`.
    pub kind: String,
    /// The problem in words.
    pub message: String,
}

impl Error {
    pub(super) fn argument(argument: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidArgument {
            argument,
            problem: problem.into(),
        }
    }

    /// The id of the request that the call was about, if the call got so far. The job may still be
    /// running, and its result can be fetched.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api { request_id, .. }
            | Self::Network { request_id, .. }
            | Self::BadAnswer { request_id, .. }
            | Self::JobFailed { request_id, .. }
            | Self::Middleware { request_id, .. }
            | Self::TimedOut { request_id }
            | Self::Aborted { request_id }
            | Self::Detached { request_id } => request_id.as_deref(),
            Self::SubmitUncertain { source } => source.request_id(),
            Self::InvalidArgument { .. } | Self::InvalidInput { .. } | Self::NotInBrowser => None,
        }
    }

    /// The HTTP status, if the service answered with an error.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api { status, .. } => Some(*status),
            Self::SubmitUncertain { source } => source.status(),
            _ => None,
        }
    }

    /// The operation that failed, e.g. `submit`, if one was under way.
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Api { operation, .. }
            | Self::Network { operation, .. }
            | Self::BadAnswer { operation, .. } => Some(operation),
            Self::SubmitUncertain { source } => source.operation(),
            _ => None,
        }
    }

    /// The fields of the input that are wrong, found here or by the service.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Api { fields, .. } | Self::InvalidInput { fields } => fields,
            _ => &[],
        }
    }

    /// Whether the request has failed for good, so that a saved handle of it is of no use.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Api { is_final, .. } => *is_final,
            Self::JobFailed { .. } => true,
            _ => false,
        }
    }

    /// Whether a submit or a run may have reached the service although it failed here. Another one may
    /// be billed as a second job.
    pub fn job_may_exist(&self) -> bool {
        const PAID: [&str; 3] = ["submit", "run", "stream"];
        match self {
            Self::SubmitUncertain { .. } => true,
            Self::Api {
                operation, status, ..
            } => PAID.contains(operation) && *status >= 500,
            Self::BadAnswer { operation, .. } => PAID.contains(operation),
            _ => false,
        }
    }

    /// Names the request, unless the error names one.
    pub(super) fn about(mut self, id: Option<&str>) -> Self {
        let known = match &mut self {
            Self::Api { request_id, .. }
            | Self::Network { request_id, .. }
            | Self::BadAnswer { request_id, .. }
            | Self::JobFailed { request_id, .. }
            | Self::Middleware { request_id, .. }
            | Self::TimedOut { request_id }
            | Self::Aborted { request_id }
            | Self::Detached { request_id } => request_id,
            Self::SubmitUncertain { source } => {
                **source = source.as_ref().clone().about(id);
                return self;
            }
            Self::InvalidArgument { .. } | Self::InvalidInput { .. } | Self::NotInBrowser => {
                return self;
            }
        };
        if known.is_none() {
            *known = id.map(Into::into);
        }
        self
    }
}

/// What happened, in one line, without the request's id: programs search such lines for statuses.
impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidArgument { argument, problem } => write!(out, "{argument}: {problem}"),
            Self::InvalidInput { fields } => write_fields(out, fields),
            Self::Api {
                operation,
                status,
                message,
                ..
            } => write!(out, "{operation}: HTTP {status}: {message}"),
            Self::SubmitUncertain { source } => {
                write!(out, "{source}. The job may exist all the same")
            }
            Self::Network {
                operation, message, ..
            } => write!(out, "{operation}: no answer: {message}"),
            Self::BadAnswer {
                operation,
                problem,
                field,
                ..
            } => match field {
                Some(field) => write!(out, "{operation}: {field}: {problem}"),
                None => write!(out, "{operation}: {problem}"),
            },
            Self::JobFailed { message, .. } => write!(out, "the job failed: {message}"),
            Self::Middleware { source, .. } => write!(out, "the middleware failed: {source}"),
            Self::TimedOut { .. } => out.write_str("the call's timeout ran out"),
            Self::Aborted { .. } => out.write_str("the call was stopped"),
            Self::Detached { .. } => out.write_str("the call was left, and its job goes on"),
            Self::NotInBrowser => out.write_str("this client works in browsers only"),
        }
    }
}

fn write_fields(out: &mut fmt::Formatter<'_>, fields: &[FieldError]) -> fmt::Result {
    for (at, field) in fields.iter().enumerate() {
        let separator = if at > 0 { "; " } else { "" };
        write!(out, "{separator}{field}")?;
    }
    Ok(())
}

impl fmt::Display for FieldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.field, self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::SubmitUncertain { source } => Some(source.as_ref()),
            Self::Middleware { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn lost(operation: &'static str) -> Error {
        Error::Network {
            operation,
            message: "Failed to fetch".into(),
            is_offline: false,
            request_id: None,
        }
    }

    fn api(operation: &'static str, status: u16) -> Error {
        Error::Api {
            operation,
            status,
            message: "no".into(),
            fields: Box::default(),
            error_type: None,
            request_id: None,
            body: Box::default(),
            is_final: false,
        }
    }

    #[test]
    fn an_uncertain_submit_says_why_and_that_the_job_may_exist() {
        let error = Error::SubmitUncertain {
            source: Box::new(lost("submit")),
        };
        assert_eq!(
            error.to_string(),
            "submit: no answer: Failed to fetch. The job may exist all the same"
        );
        assert!(
            error
                .source()
                .is_some_and(|source| source.to_string().starts_with("submit: "))
        );
        assert!(error.job_may_exist());
        assert_eq!(error.operation(), Some("submit"));
    }

    #[test]
    fn a_job_may_exist_after_a_server_error_of_a_submit_and_of_nothing_else() {
        assert!(api("submit", 503).job_may_exist());
        assert!(api("run", 500).job_may_exist());
        assert!(!api("submit", 422).job_may_exist());
        assert!(!api("status", 503).job_may_exist());
        assert!(!lost("status").job_may_exist());
    }

    #[test]
    fn the_request_is_named_once_and_not_in_the_words() {
        let error = api("result", 500).about(Some("r-1")).about(Some("r-2"));
        assert_eq!(error.request_id(), Some("r-1"));
        assert!(!error.to_string().contains("r-1"), "{error}");
        let inner = Box::new(lost("submit"));
        let error = Error::SubmitUncertain { source: inner }.about(Some("r-1"));
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(Error::NotInBrowser.about(Some("r-1")).request_id(), None);
    }

    #[test]
    fn a_refused_input_names_each_field() {
        let field = |field: &str, message: &str| FieldError {
            field: field.into(),
            kind: "missing".into(),
            message: message.into(),
        };
        let error = Error::InvalidInput {
            fields: [
                field("prompt", "is required"),
                field("seed", "is no number"),
            ]
            .into(),
        };
        assert_eq!(error.to_string(), "prompt: is required; seed: is no number");
        assert_eq!(error.fields().len(), 2);
    }

    #[test]
    fn errors_can_be_kept_and_shared_and_are_small_enough_to_return() {
        fn assert_keepable<T: Clone + std::fmt::Debug + Send + Sync + 'static>() {}
        assert_keepable::<Error>();
        assert!(size_of::<Error>() < 128);
    }
}
