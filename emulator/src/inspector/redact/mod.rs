//! Removes secrets from everything that the inspector shows: keys, tokens, cookies, signatures in URLs, and the bytes of
//! data URIs. The record itself is never shown.

mod json;
mod name;
mod text;
mod url;

use axum::http::header::{AUTHORIZATION, PROXY_AUTHORIZATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::options::Options;
use name::{REDACTED, is_secret};

/// The shortest known key that is searched for. A shorter one would be found in ordinary words.
const SHORTEST_SECRET: usize = 8;

/// Redacts headers, URLs and bodies. Its `Debug` form shows no secret.
pub(super) struct Redaction {
    /// The keys that the emulator was started with. They are replaced everywhere.
    known: Vec<String>,
}

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redaction({} known secrets)", self.known.len())
    }
}

impl Redaction {
    /// A redaction that knows the keys in `options`.
    pub(super) fn new(options: &Options) -> Self {
        let keys = [&options.key, &options.require_key].into_iter().flatten();
        let keys = keys.filter_map(|key| {
            let header = key.authorization();
            let key = header.to_str().ok()?.strip_prefix("Key ")?;
            Some(key.to_owned())
        });
        let mut known: Vec<String> = keys
            .flat_map(|key| {
                let secret = key.split_once(':').map(|(_, secret)| secret.to_owned());
                [Some(key), secret].into_iter().flatten()
            })
            .filter(|secret| secret.len() >= SHORTEST_SECRET)
            .collect();
        // Longest first, so that a whole key is replaced before a part of it.
        known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        known.dedup();
        Self { known }
    }

    /// The names and redacted values of all headers, in their order.
    pub(super) fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let shown = headers
            .iter()
            .map(|(name, value)| (name.to_string(), self.header(name, value)));
        shown.collect()
    }

    fn header(&self, name: &HeaderName, value: &HeaderValue) -> String {
        let value = String::from_utf8_lossy(value.as_bytes());
        if !is_secret(name.as_str()) {
            return self.text(&value);
        }
        // The scheme stays, so that a developer sees which kind of credential was sent.
        let has_scheme = [AUTHORIZATION, PROXY_AUTHORIZATION].contains(name);
        match value.split_once(' ') {
            Some((scheme, _)) if has_scheme && is_scheme(scheme) => {
                format!("{scheme} {REDACTED}")
            }
            _ => REDACTED.to_owned(),
        }
    }

    /// A URL, or the path and query of one.
    pub(super) fn url(&self, url: &str) -> String {
        url::redact(url, &|text| self.text(text))
    }

    /// The URL of a webhook. Often its path or query is the only secret that protects it.
    pub(super) fn webhook(&self, url: &str) -> String {
        self.without_known(url::redact_webhook(url))
    }

    /// Text that may contain secrets.
    pub(super) fn text(&self, text: &str) -> String {
        self.without_known(text::redact(text))
    }

    /// JSON, or its beginning. Everything but the secrets stays as it was sent.
    pub(super) fn json(&self, text: &str) -> String {
        json::redact(text, &|name, value| {
            if name.is_some_and(is_secret) && !value.is_empty() {
                REDACTED.to_owned()
            } else if value.trim_start().starts_with(['{', '[']) {
                // JSON within a string. The recursion ends, as each level is shorter.
                self.json(value)
            } else {
                self.text(value)
            }
        })
    }

    /// Server-sent events, whose data is mostly JSON.
    pub(super) fn events(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let data = line.strip_prefix("data:");
            match data.filter(|data| data.trim_start().starts_with(['{', '[', '"'])) {
                Some(data) => {
                    shown.push_str("data:");
                    shown.push_str(&self.json(data));
                }
                None => shown.push_str(&self.text(line)),
            }
        }
        shown
    }

    /// The fields of a form or a query.
    pub(super) fn form(&self, text: &str) -> String {
        url::redact_query(text, &|text| self.text(text))
    }

    fn without_known(&self, text: String) -> String {
        self.known.iter().fold(text, |text, secret| {
            if text.contains(secret) {
                text.replace(secret, REDACTED)
            } else {
                text
            }
        })
    }
}

/// Whether a word is the scheme of a credential, and not the credential itself.
fn is_scheme(word: &str) -> bool {
    matches!(word, "Key" | "Bearer" | "Basic")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Key;

    fn redaction() -> Redaction {
        Redaction::new(&Options {
            key: Key::new("my-id:hush-hush-hush"),
            ..Options::default()
        })
    }

    #[test]
    fn credentials_in_headers_show_their_scheme_and_nothing_else() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", "Key id:hush"),
            ("proxy-authorization", "hush"),
            ("cookie", "session=hush"),
            ("set-cookie", "session=hush; Path=/"),
            ("x-api-key", "hush"),
            ("x-fal-cdn-token", "hush"),
            (
                "x-fal-target-url",
                "https://v3.fal.media/f?signature=hush&x=1",
            ),
            ("x-fal-queue-priority", "low"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        let shown = redaction().headers(&headers);
        let value = |name: &str| {
            let found = shown.iter().find(|(shown, _)| shown == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(value("authorization"), Some("Key [redacted]"));
        assert_eq!(value("proxy-authorization"), Some(REDACTED));
        assert_eq!(value("x-fal-queue-priority"), Some("low"));
        let target = "https://v3.fal.media/f?signature=redacted&x=1";
        assert_eq!(value("x-fal-target-url"), Some(target));
        assert!(!format!("{shown:?}").contains("hush"), "{shown:?}");
    }

    #[test]
    fn the_emulators_own_key_is_found_wherever_it_turns_up() {
        let redaction = redaction();
        for shown in [
            redaction.json("{\"prompt\": \"say my-id:hush-hush-hush\"}"),
            redaction.text("hush-hush-hush"),
            redaction.url("/a/my-id:hush-hush-hush?x=hush-hush-hush"),
            redaction.webhook("http://a.example/hush-hush-hush"),
            redaction.events("data: [\"hush-hush-hush\"]\n\n"),
            format!("{redaction:?}"),
        ] {
            assert!(!shown.contains("hush"), "{shown}");
        }
    }

    #[test]
    fn json_within_json_is_redacted_too() {
        let inner = r#"{"token": "hush", "deeper": "{\"password\": \"hush\"}"}"#;
        let shown = redaction().json(&serde_json::json!({ "text": inner }).to_string());
        assert!(!shown.contains("hush"), "{shown}");
        let read: serde_json::Value = serde_json::from_str(&shown).expect("still JSON");
        let text = read["text"].as_str().unwrap_or_default();
        let read: serde_json::Value = serde_json::from_str(text).expect("still JSON");
        assert_eq!(read["token"], REDACTED);
    }

    #[test]
    fn events_stay_events() {
        let shown = redaction().events(": ping\n\ndata: {\"token\":\"hush\",\"n\":1.50}\n\n");
        assert_eq!(
            shown,
            ": ping\n\ndata: {\"token\":\"[redacted]\",\"n\":1.50}\n\n"
        );
    }

    #[test]
    fn fields_of_forms_are_judged_by_their_names() {
        let shown = redaction().form("user=me&password=hush&a=b%20c");
        assert_eq!(shown, "user=me&password=redacted&a=b%20c");
    }
}
