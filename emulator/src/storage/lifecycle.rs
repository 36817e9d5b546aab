//! What the sender of a file wants of its life: when it goes, and who may read it
//! (protocol §9.6).

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// Uploads send both names, model calls the second.
const HEADERS: [&str; 2] = [
    "x-fal-object-lifecycle",
    "x-fal-object-lifecycle-preference",
];

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Wish {
    /// `null` and `0` ask for no end.
    expiration_duration_seconds: Option<f64>,
    initial_acl: Option<Acl>,
}

/// Who may read a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Acl {
    /// The Python client leaves it out where only rules are given.
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

/// What a reader gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Decision {
    #[default]
    Allow,
    /// It is there, and refused.
    Forbid,
    /// It looks as if it were not there.
    Hide,
}

/// What holds for a stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lifecycle {
    /// Unix time in ms.
    pub(super) expires_at_ms: Option<u64>,
    acl: Option<Acl>,
}

impl Wish {
    /// The first of the headers that can be read. What cannot is ignored without a word,
    /// as the service ignores it.
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

    /// What holds for a file stored at `now_ms`; `None` where nothing special does.
    pub(super) fn granted(&self, now_ms: u64) -> Option<Lifecycle> {
        let seconds = self.expiration_duration_seconds;
        let expires_at_ms = seconds
            .filter(|seconds| *seconds > 0.0)
            .map(|seconds| now_ms.saturating_add(to_ms(seconds)));
        let acl = self.initial_acl.clone();
        (expires_at_ms.is_some() || acl.is_some()).then_some(Lifecycle { expires_at_ms, acl })
    }
}

/// Longer than any file is kept, and still a number that every JSON reader holds.
const LONGEST_MS: u64 = 1 << 50;

fn to_ms(seconds: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|time| u64::try_from(time.as_millis()).ok())
        .map_or(LONGEST_MS, |ms| ms.min(LONGEST_MS))
}

impl Lifecycle {
    /// Whether the file's time is up.
    pub(super) fn is_over(&self, now_ms: u64) -> bool {
        self.expires_at_ms.is_some_and(|end| end <= now_ms)
    }

    /// What a reader without a key gets. The rules are about users, whom a reader without a
    /// key is none of.
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
