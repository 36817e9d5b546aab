//! Removes secrets from any text by their form.

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use super::name::REDACTED;
use super::url;

static DATA_URI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)\b(data:[a-z0-9.+-]+/[a-z0-9.+-]+(?:;[a-z0-9=.+-]+)*,)([^\s"'<>]*)"#)
});
static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)\b(?:https?|wss?)://[^\s"'<>\\]+"#));
/// JSON Web Tokens begin with `{"` in base64.
static JWT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"));
/// The form of fal.ai's keys: an id and 32 hexadecimal digits.
static KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Za-z0-9-]{8,}:[0-9a-f]{32}\b"));
static CREDENTIAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(Bearer|Basic) [A-Za-z0-9._~+/=:-]{12,}"));

/// `text`, with its secrets replaced.
pub(super) fn redact(text: &str) -> String {
    let text = DATA_URI.replace_all(text, |found: &Captures<'_>| {
        let bytes = found[2].len();
        if bytes == 0 {
            return found[0].to_owned();
        }
        // The length of the encoded text, as it was sent.
        format!("{}[{bytes} characters]", &found[1])
    });
    let text = URL.replace_all(&text, |found: &Captures<'_>| {
        url::redact(&found[0], &by_form)
    });
    by_form(&text)
}

fn by_form(text: &str) -> String {
    let text = JWT.replace_all(text, REDACTED);
    let text = KEY.replace_all(&text, REDACTED);
    let credential = format!("$1 {REDACTED}");
    CREDENTIAL.replace_all(&text, credential).into_owned()
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern that was tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_form() {
        let key = format!("f3a9c1d2-0000-4000-8000-000000000000:{}", "0a".repeat(16));
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
        for (text, expected) in [
            (
                format!("my key is {key}."),
                "my key is [redacted].".to_owned(),
            ),
            (format!("\"{jwt}\""), "\"[redacted]\"".to_owned()),
            (
                "curl -H 'Authorization: Bearer abcdefghijklmnop'".to_owned(),
                "curl -H 'Authorization: Bearer [redacted]'".to_owned(),
            ),
            (
                "see https://a.example/x?token=hush, or not".to_owned(),
                "see https://a.example/x?token=redacted or not".to_owned(),
            ),
            (
                "data:image/png;base64,aGVsbG8=".to_owned(),
                "data:image/png;base64,[8 characters]".to_owned(),
            ),
        ] {
            assert_eq!(redact(&text), expected);
        }
    }

    #[test]
    fn words_that_are_no_secrets_stay() {
        for text in [
            "Key lighting from the left, at 12:00",
            "Bearer of news",
            "data: {\"a\": 1}",
            "a photo of a monkey, 16:9",
            "https://a.example/x?y=1&z=%20",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
