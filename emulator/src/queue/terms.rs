//! The terms that a caller sets beside the input, in headers and in the query (protocol §5.2). Values that cannot be
//! parsed are ignored, as on the service.

use std::time::Duration;

use super::line::Priority;
use crate::protocol::{Call, Caller};
use crate::storage::Wish;

/// The names of the header, the newer one first. It wins if both are sent.
const START_TIMEOUT: [&str; 2] = ["x-fal-request-start-timeout", "x-fal-request-timeout"];

/// The shortest start timeout that the service takes, in seconds (exclusive).
const SHORTEST_START_TIMEOUT: f64 = 0.1;

/// The terms of one request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Terms {
    pub(super) priority: Priority,
    /// How long it may wait for its start.
    pub(super) start_timeout: Option<Duration>,
    /// Whether its result is stored, and so kept longer than is necessary to fetch it.
    pub(super) stored: bool,
    /// The lifetime and the readers that the caller wants for the files of the job.
    pub(crate) wish: Wish,
    /// The sender of the request.
    pub(super) caller: Caller,
    /// The URL of the webhook, which has not been checked yet.
    pub(super) webhook: Option<String>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            priority: Priority::Normal,
            start_timeout: None,
            stored: true,
            wish: Wish::default(),
            caller: Caller::default(),
            webhook: None,
        }
    }
}

impl Terms {
    /// The terms in the headers and the query of a call. Tags, hints and server retries are ignored, as the emulator has no
    /// dashboards and only one runner.
    pub(crate) fn of(call: &Call) -> Self {
        let text = |name: &str| call.header(name).map(str::trim);
        Self {
            priority: match text("x-fal-queue-priority") {
                Some("low") => Priority::Low,
                _ => Priority::Normal,
            },
            start_timeout: START_TIMEOUT.iter().find_map(|name| seconds(text(name)?)),
            stored: text("x-fal-store-io") != Some("0"),
            wish: Wish::of(&call.headers),
            caller: call.caller,
            webhook: call.parameter("fal_webhook"),
        }
    }
}

/// Parses decimal seconds. The JavaScript client writes `30`, the Python client `30.0`.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    let is_long_enough = seconds > SHORTEST_START_TIMEOUT;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|_| is_long_enough)
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderMap, Method};

    use super::*;
    use crate::protocol::{Origin, Service};

    fn terms(headers: &[(&'static str, &str)], query: &str) -> Terms {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a value"));
        }
        Terms::of(&Call {
            service: Service::Queue,
            caller: Caller::Stranger,
            method: Method::POST,
            path: "/a/b".to_owned(),
            query: query.to_owned(),
            headers: map,
            body: Body::empty(),
            socket: None,
            base: String::new(),
            origin: Origin::at(([127, 0, 0, 1], 1).into()),
        })
    }

    #[test]
    fn nothing_said_means_the_defaults() {
        assert_eq!(terms(&[], ""), Terms::default());
    }

    #[test]
    fn start_timeouts_are_decimal_seconds_and_the_newest_name_wins() {
        let timeout = |headers: &[(&'static str, &str)]| terms(headers, "").start_timeout;
        for (text, ms) in [("30", 30_000), ("30.0", 30_000), ("0.25", 250)] {
            let expected = Some(Duration::from_millis(ms));
            assert_eq!(timeout(&[("x-fal-request-timeout", text)]), expected);
            assert_eq!(timeout(&[("x-fal-request-start-timeout", text)]), expected);
        }
        let both = [
            ("x-fal-request-timeout", "9"),
            ("x-fal-request-start-timeout", "2"),
        ];
        assert_eq!(timeout(&both), Some(Duration::from_secs(2)));
    }

    #[test]
    fn what_cannot_be_understood_is_left_out() {
        for text in ["", "soon", "-1", "0", "0.1", "NaN", "inf", "1e300"] {
            let terms = terms(
                &[
                    ("x-fal-request-timeout", text),
                    ("x-fal-queue-priority", "urgent"),
                    ("x-fal-store-io", "no"),
                    ("x-fal-tags", "=,=,Ünïcode"),
                    ("x-fal-object-lifecycle-preference", "{"),
                ],
                "priority=low",
            );
            assert_eq!(terms, Terms::default(), "{text}");
        }
    }

    #[test]
    fn storing_and_webhooks_are_asked_for() {
        let terms = terms(
            &[("x-fal-store-io", "0")],
            "fal_webhook=https%3A%2F%2Fa.example%2F%3Fb%3D1",
        );
        assert!(!terms.stored);
        assert_eq!(terms.webhook.as_deref(), Some("https://a.example/?b=1"));
    }
}
