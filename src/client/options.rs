//! Options of calls, and the headers and the query that they stand for (§5.2).

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::error::Error;
use crate::engine::RetryChanges;

/// The place of a request in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Priority {
    /// Behind all normal requests.
    Low,
    /// The service's default.
    #[default]
    Normal,
}

/// How a file in an input becomes a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FileHandling {
    /// Store it with fal, and send its URL. Right for all but tiny files.
    #[default]
    Upload,
    /// Send it within the request, as a base64 data URI. That saves two requests and costs a third more
    /// bytes; models may refuse large ones.
    Inline,
    /// Inline up to 8 kB, else upload.
    Auto,
}

/// How long, and for whom, the service keeps files (§9.6).
///
/// ```
/// use fal_wasm::{Acl, AclDecision, StorageSettings};
/// use std::time::Duration;
/// let settings = StorageSettings::default()
///     .expires_in(Duration::from_secs(86_400))
///     .initial_acl(Acl::default().for_everyone(AclDecision::Hide).for_user("me", AclDecision::Allow));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct StorageSettings {
    #[serde(
        rename = "expiration_duration_seconds",
        skip_serializing_if = "Option::is_none"
    )]
    expires_in_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_acl: Option<Acl>,
}

impl StorageSettings {
    /// How long the service keeps the file, in whole seconds. Default: the account's setting.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in_s = Some(time.as_secs());
        self
    }

    /// The readers of the file. Default: everybody, by its URL.
    #[must_use]
    pub fn initial_acl(mut self, acl: Acl) -> Self {
        self.initial_acl = Some(acl);
        self
    }

    /// The header that says so, if there is anything to say.
    pub(super) fn header(&self, name: &str) -> Option<(String, String)> {
        let value = serde_json::to_string(self).ok()?;
        (*self != Self::default()).then(|| (name.into(), value))
    }
}

/// The readers of a file (§9.6).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Acl {
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<AclDecision>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<AclRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct AclRule {
    user: String,
    decision: AclDecision,
}

impl Acl {
    /// The decision for everyone whom no rule names.
    #[must_use]
    pub fn for_everyone(mut self, decision: AclDecision) -> Self {
        self.default = Some(decision);
        self
    }

    /// The decision for one user of fal, by name.
    #[must_use]
    pub fn for_user(mut self, user: impl Into<String>, decision: AclDecision) -> Self {
        self.rules.push(AclRule {
            user: user.into(),
            decision,
        });
        self
    }
}

/// The service's answer to a reader of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AclDecision {
    /// There is no such file.
    Hide,
    /// Reading is forbidden.
    Forbid,
    /// The file.
    Allow,
}

/// Changes of how calls are retried. Without a change, each kind of call has its own rule (§10.4).
///
/// ```
/// use fal_wasm::{Client, Retry};
/// let client = Client::builder().retry(Retry::default().max_retries(5)).build();
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Retry {
    changes: RetryChanges,
    statuses: Option<Vec<u16>>,
}

impl Retry {
    /// Tries after the first one. Default: 3; 5 for a status or a result; 12 while a request is
    /// followed.
    #[must_use]
    pub fn max_retries(mut self, tries: u32) -> Self {
        self.changes.max_retries = Some(tries.into());
        self
    }

    /// The wait before the first retry. Default: 1 s; 0.5 s for a run.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.changes.base_delay_ms = Some(to_ms(delay));
        self
    }

    /// The longest wait. A longer `Retry-After` ends the retries, except of a status, a result or a
    /// cancel: there it is waited out, up to an hour. Default: 30 s; 60 s for submits, 15 s for runs.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.changes.max_delay_ms = Some(to_ms(delay));
        self
    }

    /// Each wait is the one before times this. Default: 2.
    #[must_use]
    pub fn backoff_multiplier(mut self, multiplier: f64) -> Self {
        self.changes.backoff_multiplier = Some(multiplier);
        self
    }

    /// HTTP statuses worth another try. Default: 429, 502, 503, 504; 500 too for a status, none for the
    /// start of a stream.
    #[must_use]
    pub fn retryable_statuses(mut self, statuses: impl IntoIterator<Item = u16>) -> Self {
        self.statuses = Some(statuses.into_iter().collect());
        self
    }

    /// Spread each wait by ±25 %. Default: `true`.
    #[must_use]
    pub fn jitter(mut self, is_on: bool) -> Self {
        self.changes.jitter = Some(is_on);
        self
    }

    /// Also repeat a submit or a run that may have arrived. The service knows no idempotency key, so a
    /// repeat may be billed as a second job. Default: `false`.
    #[must_use]
    pub fn repeat_submits(mut self, is_on: bool) -> Self {
        self.changes.repeats_submit = is_on;
        self
    }

    pub(super) fn changes(&self) -> RetryChanges {
        self.changes
    }

    pub(super) fn statuses(&self) -> Option<&[u16]> {
        self.statuses.as_deref()
    }

    /// The rule for the parts of a file. Of a hundred parts one fails four times in a row if every fifth
    /// try fails, so there are more tries. The first one comes soon: other parts do not wait for it.
    pub(super) fn for_parts(&self) -> Self {
        let changes = self.changes;
        Self {
            changes: RetryChanges {
                max_retries: changes.max_retries.or(Some(11.0)),
                base_delay_ms: changes.base_delay_ms.or(Some(250.0)),
                ..changes
            },
            statuses: self
                .statuses
                .clone()
                .or_else(|| Some(vec![408, 429, 500, 502, 503, 504])),
        }
    }
}

/// A length of time in milliseconds.
pub(super) fn to_ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The options of a new request.
#[derive(Debug, Clone, Default)]
pub(super) struct SubmitOptions {
    pub(super) headers: Vec<(String, String)>,
    pub(super) priority: Priority,
    pub(super) hint: Option<String>,
    pub(super) start_timeout: Option<Duration>,
    pub(super) storage: StorageSettings,
    pub(super) webhook: Option<String>,
}

impl SubmitOptions {
    /// The headers of a submit (§5.2). Options win over the headers that they stand for.
    pub(super) fn submit_headers(&self) -> Result<Vec<(String, String)>, Error> {
        let priority = match self.priority {
            Priority::Low => "low",
            Priority::Normal => "normal",
        };
        let mut headers = self.run_headers()?;
        headers.push(("x-fal-queue-priority".into(), priority.into()));
        let hint = self.hint.clone().filter(|hint| !hint.is_empty());
        headers.extend(hint.map(|hint| ("x-fal-runner-hint".into(), hint)));
        let is_own = |name: &str| {
            headers
                .iter()
                .any(|(own, _)| own.eq_ignore_ascii_case(name))
        };
        let given = self.headers.iter().filter(|(name, _)| !is_own(name));
        Ok(given.cloned().chain(headers.clone()).collect())
    }

    /// The headers of a run (§6).
    pub(super) fn run_headers(&self) -> Result<Vec<(String, String)>, Error> {
        let mut headers = Vec::new();
        headers.extend(self.storage.header("x-fal-object-lifecycle-preference"));
        if let Some(time) = self.start_timeout {
            let seconds = time.as_secs_f64();
            // The service refuses one second and less.
            if seconds <= 1.0 {
                return Err(Error::argument(
                    "start_timeout",
                    "must be more than one second",
                ));
            }
            headers.push(("x-fal-request-timeout".into(), seconds.to_string()));
        }
        Ok(headers)
    }

    /// The query of a submit, with its `?` (§11.1).
    pub(super) fn query(&self) -> String {
        match &self.webhook {
            Some(url) => ["?fal_webhook=", &encode(url)].concat(),
            None => String::new(),
        }
    }
}

/// The query of these parameters, with its `?`.
pub(super) fn query_of<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in parameters {
        let sign = if query.is_empty() { "?" } else { "&" };
        query.extend([sign, &encode(name), "=", &encode(value)]);
    }
    query
}

/// The query of an input, for a request by GET.
pub(super) fn query_of_input(input: &Value) -> String {
    let fields = input.as_object().into_iter().flatten();
    let texts: Vec<_> = fields
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
            (name.as_str(), text)
        })
        .collect();
    query_of(texts.iter().map(|(name, value)| (*name, value.as_str())))
}

/// A text for a query: all but the unreserved characters as `%XX`.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            let digit = |value: u8| {
                char::from_digit(value.into(), 16)
                    .unwrap_or('0')
                    .to_ascii_uppercase()
            };
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_win_over_the_headers_that_they_stand_for() {
        let options = SubmitOptions {
            headers: vec![
                ("X-Fal-Queue-Priority".into(), "high".into()),
                ("x-mine".into(), "1".into()),
            ],
            priority: Priority::Low,
            hint: Some("warm".into()),
            start_timeout: Some(Duration::from_millis(1_500)),
            storage: StorageSettings::default().expires_in(Duration::from_mins(1)),
            ..SubmitOptions::default()
        };
        let headers = options.submit_headers().expect("headers");
        let expected = [
            ("x-mine", "1"),
            (
                "x-fal-object-lifecycle-preference",
                r#"{"expiration_duration_seconds":60}"#,
            ),
            ("x-fal-request-timeout", "1.5"),
            ("x-fal-queue-priority", "low"),
            ("x-fal-runner-hint", "warm"),
        ];
        let given: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn a_start_timeout_of_a_second_is_refused() {
        let options = SubmitOptions {
            start_timeout: Some(Duration::from_secs(1)),
            ..SubmitOptions::default()
        };
        let error = options.submit_headers().expect_err("refused");
        assert_eq!(
            error.to_string(),
            "start_timeout: must be more than one second"
        );
    }

    #[test]
    fn storage_settings_say_who_may_read_a_file() {
        let acl = Acl::default()
            .for_everyone(AclDecision::Hide)
            .for_user("me", AclDecision::Allow);
        let header = StorageSettings::default().initial_acl(acl).header("x");
        let value =
            r#"{"initial_acl":{"default":"hide","rules":[{"user":"me","decision":"allow"}]}}"#;
        assert_eq!(header, Some(("x".into(), value.into())));
        assert_eq!(StorageSettings::default().header("x"), None);
    }

    #[test]
    fn queries_are_encoded() {
        let options = SubmitOptions {
            webhook: Some("https://a.b/c?d=é".into()),
            ..SubmitOptions::default()
        };
        assert_eq!(
            options.query(),
            "?fal_webhook=https%3A%2F%2Fa.b%2Fc%3Fd%3D%C3%A9"
        );
        let input = serde_json::json!({ "prompt": "a b", "steps": 4 });
        assert_eq!(query_of_input(&input), "?prompt=a%20b&steps=4");
        assert_eq!(query_of_input(&Value::Null), "");
    }
}
