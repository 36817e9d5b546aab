//! Removes the secrets from JSON. It changes only strings, and keeps the order, the spaces and the numbers as they were
//! sent. The text may break off anywhere.

/// Replaces every string by the result of `redact`, which gets the name of the string's field, if any, and the string.
pub(super) fn redact(text: &str, redact: &dyn Fn(Option<&str>, &str) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut name: Option<String> = None;
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let end = end_of_string(from);
        let (written, after) = from.split_at(end);
        rest = after;
        let Some(value) = decode(written) else {
            // The text broke off within the string, or is not JSON.
            let value = written.trim_start_matches('"');
            shown.push('"');
            shown.push_str(&redact(name.as_deref(), value));
            continue;
        };
        if after.trim_start().starts_with(':') {
            shown.push_str(written);
            name = Some(value);
            continue;
        }
        let redacted = redact(name.as_deref(), &value);
        if redacted == value {
            shown.push_str(written);
        } else {
            shown.push_str(&serde_json::Value::from(redacted).to_string());
        }
    }
    shown.push_str(rest);
    shown
}

/// The offset behind the closing quote of the string at the start of `text`, or the length of `text` if there is no
/// closing quote.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn decode(written: &str) -> Option<String> {
    serde_json::from_str(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        redact(text, &|name, value| {
            if name == Some("token") || value == "hush" {
                "[redacted]".to_owned()
            } else {
                value.to_owned()
            }
        })
    }

    #[test]
    fn secrets_go_by_name_and_by_value_and_all_else_stays() {
        for (text, expected) in [
            (
                "{ \"z\": 1.50, \"token\" : \"hush\", \"a\": [\"b\", \"hush\"] }",
                "{ \"z\": 1.50, \"token\" : \"[redacted]\", \"a\": [\"b\", \"[redacted]\"] }",
            ),
            ("\"hush\"", "\"[redacted]\""),
            (
                "{\"to\\u006ben\": \"x\", \"b\": \"h\\u0075sh\"}",
                "{\"to\\u006ben\": \"[redacted]\", \"b\": \"[redacted]\"}",
            ),
            (
                "{\"a\": \"say \\\"hush\\\"\"}",
                "{\"a\": \"say \\\"hush\\\"\"}",
            ),
            ("[]", "[]"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn text_that_breaks_off_is_redacted_to_its_end() {
        assert_eq!(shown("{\"token\": \"hus"), "{\"token\": \"[redacted]");
        assert_eq!(shown("{\"a\": \"b"), "{\"a\": \"b");
        assert_eq!(shown("{\"tok"), "{\"tok");
        assert_eq!(shown("\"a\\"), "\"a\\");
    }
}
