//! The lifecycle of a file, which its sender sets: the time when it expires, and its readers (protocol §9.6).

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// The names of the header. Uploads send both, model calls the second.
const HEADERS: [&str; 2] = [
    "x-fal-object-lifecycle",
    "x-fal-object-lifecycle-preference",
];

/// The lifecycle that a sender asks for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Wish {
    /// With `null` or `0`, the file does not expire.
    expiration_duration_seconds: Option<f64>,
    initial_acl: Option<Acl>,
}

/// The access rules of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Acl {
    /// The Python client leaves it out if it sends only rules.
    #[serde(default)]
    default: Decision,
    #[serde(default)]
    rules: Vec<Rule>,
}

/// An exception for one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rule {
    user: String,
    decision: Decision,
}

/// The treatment of a reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Decision {
    #[default]
    Allow,
    /// The file is refused.
    Forbid,
    /// The answer is the same as for a file that does not exist.
    Hide,
}

/// The lifecycle of a stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lifecycle {
    /// Unix time in ms.
    pub(super) expires_at_ms: Option<u64>,
    acl: Option<Acl>,
}

impl Wish {
    /// Reads the first header that is valid. Invalid headers are ignored without an error, as on the service.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let values = HEADERS.iter().filter_map(|name| headers.get(*name));
        let mut wishes = values.filter_map(|value| Self::parse(value.as_bytes()));
        wishes.next().unwrap_or_default()
    }

    fn parse(json: &[u8]) -> Option<Self> {
        let wish: Self = serde_json::from_slice(json).ok()?;
        let seconds = wish.expiration_duration_seconds.unwrap_or(0.0);
        (seconds >= 0.0).then_some(wish)
    }

    /// The lifecycle of a file that is stored at `now_ms`. `None` if it does not expire and has no access rules.
    pub(super) fn granted(&self, now_ms: u64) -> Option<Lifecycle> {
        let seconds = self.expiration_duration_seconds;
        let expires_at_ms = seconds
            .filter(|seconds| *seconds > 0.0)
            .map(|seconds| now_ms.saturating_add(to_ms(seconds)));
        let acl = self.initial_acl.clone();
        (expires_at_ms.is_some() || acl.is_some()).then_some(Lifecycle { expires_at_ms, acl })
    }
}

/// Longer than any file is kept, and small enough to be exact in every JSON parser.
const LONGEST_MS: u64 = 1 << 50;

fn to_ms(seconds: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|time| u64::try_from(time.as_millis()).ok())
        .map_or(LONGEST_MS, |ms| ms.min(LONGEST_MS))
}

impl Lifecycle {
    /// Whether the file has expired.
    pub(super) fn is_over(&self, now_ms: u64) -> bool {
        self.expires_at_ms.is_some_and(|end| end <= now_ms)
    }

    /// The decision for a reader without a key. Such a reader is no user, so the rules, which are for users, do not apply.
    pub(super) fn for_anybody(&self) -> Decision {
        self.acl.as_ref().map_or(Decision::Allow, |acl| acl.default)
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(headers: &[(&'static str, &str)]) -> Wish {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a value"));
        }
        Wish::of(&map)
    }

    #[test]
    fn both_headers_are_understood() {
        for name in HEADERS {
            let wish = wish(&[(name, "{\"expiration_duration_seconds\":60}")]);
            let life = wish.granted(1000).expect("limited");
            assert_eq!(life.expires_at_ms, Some(61_000), "{name}");
            assert!(life.is_over(61_000) && !life.is_over(60_999));
            assert_eq!(life.for_anybody(), Decision::Allow);
        }
    }

    #[test]
    fn null_nought_and_nothing_ask_for_no_end() {
        for json in [
            "{}",
            "{\"expiration_duration_seconds\":null}",
            "{\"expiration_duration_seconds\":0}",
        ] {
            assert_eq!(wish(&[(HEADERS[0], json)]).granted(0), None, "{json}");
        }
    }

    #[test]
    fn an_acl_decides_for_those_without_a_key() {
        for (word, decision) in [
            ("allow", Decision::Allow),
            ("forbid", Decision::Forbid),
            ("hide", Decision::Hide),
        ] {
            let json = format!(
                "{{\"initial_acl\":{{\"default\":\"{word}\",\
                 \"rules\":[{{\"user\":\"acme\",\"decision\":\"allow\"}}]}}}}"
            );
            let life = wish(&[(HEADERS[1], &json)]).granted(0).expect("an ACL");
            assert_eq!(life.for_anybody(), decision);
        }
    }

    #[test]
    fn rules_without_a_default_leave_the_file_open_and_its_end_as_it_is() {
        let json = "{\"expiration_duration_seconds\":60,\
                    \"initial_acl\":{\"rules\":[{\"user\":\"acme\",\"decision\":\"hide\"}]}}";
        let life = wish(&[(HEADERS[0], json)]).granted(0).expect("limited");
        assert_eq!(life.expires_at_ms, Some(60_000));
        assert_eq!(life.for_anybody(), Decision::Allow);
    }

    #[test]
    fn what_cannot_be_read_is_ignored_and_the_other_header_holds() {
        for broken in [
            "",
            "60",
            "{\"expiration_duration_seconds\":\"1h\"}",
            "{\"expiration_duration_seconds\":-1}",
            "{\"initial_acl\":{\"default\":\"deny\"}}",
            "{\"initial_acl\":[1]}",
        ] {
            assert_eq!(wish(&[(HEADERS[0], broken)]), Wish::default(), "{broken}");
            let both = [
                (HEADERS[0], broken),
                (HEADERS[1], "{\"expiration_duration_seconds\":1}"),
            ];
            assert!(wish(&both).granted(0).is_some(), "{broken}");
        }
    }

    #[test]
    fn no_number_of_seconds_is_too_large_to_be_kept() {
        let wish = wish(&[(HEADERS[0], "{\"expiration_duration_seconds\":1e300}")]);
        let life = wish.granted(1).expect("limited");
        assert_eq!(life.expires_at_ms, Some(LONGEST_MS + 1));
    }
}
