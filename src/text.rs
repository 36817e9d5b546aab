//! Building strings without `format!`: formatting code would cost the module kilobytes.

/// The parts, one after the other.
pub(crate) fn joined(parts: &[&str]) -> String {
    parts.concat()
}

/// Whether `part` occurs in `text`. The standard library's search is made for long texts,
/// and several times this size.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    let mut windows = text.as_bytes().windows(part.len().max(1));
    windows.any(|window| window == part.as_bytes())
}

/// What stands before and after the first of these ASCII bytes; `None` without one.
pub(crate) fn split_at_byte<'a>(text: &'a str, any_of: &[u8]) -> Option<(&'a str, &'a str)> {
    let at = text.bytes().position(|byte| any_of.contains(&byte))?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// A number in decimal digits.
pub(crate) fn decimal(mut number: u32) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.is_empty() {
        digits.push(char::from(
            b'0' + u8::try_from(number % 10).unwrap_or_default(),
        ));
        number /= 10;
    }
    digits.into_iter().rev().collect()
}

/// `value` as one name or value of an `application/x-www-form-urlencoded` query.
pub(crate) fn form_encoded(value: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let hex = |nibble: u8| char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(hex(byte >> 4));
                out.push(hex(byte & 15));
            }
        }
    }
    out
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_webhook_url_survives_as_a_query_value() {
        assert_eq!(
            form_encoded("https://a.b/hook?x=1&y=é z"),
            "https%3A%2F%2Fa.b%2Fhook%3Fx%3D1%26y%3D%C3%A9+z"
        );
    }

    #[test]
    fn text_is_split_at_the_first_of_some_bytes() {
        assert_eq!(
            split_at_byte("svg+xml;a-b", b"-;"),
            Some(("svg+xml", "a-b"))
        );
        assert_eq!(split_at_byte("é/", b"/"), Some(("é", "")));
        assert_eq!(split_at_byte("png", b"-;"), None);
    }

    proptest! {
        #[test]
        fn contains_finds_what_the_standard_library_finds(text in "[ab/]{0,12}", part in "[ab/]{1,3}") {
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
        }

        #[test]
        fn encoding_is_what_a_url_library_decodes(value in "\\PC{0,40}") {
            let query = joined(&["v=", &form_encoded(&value)]);
            let decoded: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
            prop_assert_eq!(decoded, vec![("v".into(), value.into())]);
        }
    }
}
