//! The answer to one request, and what its body is.

use js_sys::Date;
use serde_json::Value;

use crate::retry::retry_after_ms;

/// An answer, read to its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The headers that matter here.
    pub(super) headers: ReplyHeaders,
    /// The body.
    pub(super) content: Content,
    /// The request had a URL of its own, past every cache.
    pub(super) had_own_url: bool,
}

/// The headers of an answer that the client reads. A page sees those of another origin only if that
/// allows it.
#[derive(Debug, Clone, Default)]
pub(super) struct ReplyHeaders {
    pub(super) content_type: String,
    pub(super) request_id: Option<String>,
    pub(super) retry_after_ms: Option<f64>,
    pub(super) timeout_type: Option<String>,
    pub(super) error_type: Option<String>,
    pub(super) billable_units: Option<f64>,
    pub(super) etag: Option<String>,
}

impl ReplyHeaders {
    /// Reads them with `get`, which gives the value of a header.
    pub(super) fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let retry_after = get("retry-after");
        let retry_after_ms =
            retry_after.and_then(|value| retry_after_ms(&value, Date::now(), Date::parse));
        Self {
            content_type: get("content-type").unwrap_or_default(),
            request_id: get("x-fal-request-id"),
            retry_after_ms,
            timeout_type: get("x-fal-request-timeout-type"),
            error_type: get("x-fal-error-type"),
            billable_units: get("x-fal-billable-units").and_then(|units| units.parse().ok()),
            etag: get("etag"),
        }
    }
}

/// The body of an answer.
#[derive(Debug, Clone, Default)]
pub(super) enum Content {
    /// JSON. The text is kept: a value of it may lose digits of a number.
    Json { text: String, value: Value },
    /// Text that is no JSON.
    Text(String),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
    /// Nothing.
    #[default]
    Empty,
    /// It claims to be JSON, and is not, or not all of it.
    Broken(String),
    /// A web page.
    Page(String),
    /// Server-sent events.
    Events(String),
    /// The caller reads the stream.
    Stream,
}

impl Content {
    /// Reads a body. `is_json_due`: a proxy may have given JSON another type.
    pub(super) fn read(content_type: &str, bytes: Vec<u8>, is_json_due: bool) -> Self {
        let content_type = content_type.to_ascii_lowercase();
        if is_binary(&content_type) && !is_json_due {
            return if bytes.is_empty() {
                Self::Empty
            } else {
                Self::Bytes(bytes)
            };
        }
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_json = content_type.contains("application/json");
        let text = decode_utf8(bytes);
        if text.trim().is_empty() {
            return Self::Empty;
        }
        if essence == "text/event-stream" {
            return Self::Events(text);
        }
        if !is_json && is_page(essence, &text) {
            return Self::Page(text);
        }
        if !is_json && !is_json_due {
            return Self::Text(text);
        }
        match serde_json::from_str(&text) {
            Ok(value) => Self::Json { text, value },
            Err(_) if is_json => Self::Broken(text),
            Err(_) => Self::Text(text),
        }
    }

    /// Reads the body of an HTTP error: JSON if it is any, else text.
    pub(super) fn read_error(bytes: Vec<u8>) -> Self {
        let text = decode_utf8(bytes);
        match serde_json::from_str(&text) {
            Ok(value) => Self::Json { text, value },
            Err(_) if text.trim().is_empty() => Self::Empty,
            Err(_) => Self::Text(text),
        }
    }

    /// The JSON that it is.
    pub(super) fn json(&self) -> Option<&Value> {
        match self {
            Self::Json { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Its text, empty if it is none.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Json { text, .. }
            | Self::Text(text)
            | Self::Broken(text)
            | Self::Page(text)
            | Self::Events(text) => text,
            Self::Bytes(_) | Self::Empty | Self::Stream => "",
        }
    }

    /// Whether it is the service's refusal of an input, and nothing else: some proxies answer 200
    /// to every request.
    pub(super) fn is_refusal(&self) -> bool {
        let fields = self.json().and_then(Value::as_object);
        let Some(fields) = fields.filter(|fields| fields.len() == 1) else {
            return false;
        };
        let findings = fields.get("detail").and_then(Value::as_array);
        findings.is_some_and(|findings| !findings.is_empty() && findings.iter().all(is_finding))
    }
}

/// As browsers do it: without a byte order mark, and with a sign in place of broken characters.
pub(super) fn decode_utf8(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.into(),
        None => text,
    }
}

/// Whether a JSON value is a finding of the service about a field of the input (§10.1).
pub(super) fn is_finding(finding: &Value) -> bool {
    let is_about_body = finding.pointer("/loc/0").and_then(Value::as_str) == Some("body");
    let is_text = |name| finding.get(name).is_some_and(Value::is_string);
    is_about_body && is_text("msg") && is_text("type")
}

/// Types whose bytes are no text.
fn is_binary(content_type: &str) -> bool {
    const MEDIA: [&str; 5] = ["image", "audio", "video", "font", "model"];
    const FORMATS: [&str; 9] = [
        "octet-stream",
        "pdf",
        "wasm",
        "protobuf",
        "zip",
        "gzip",
        "tar",
        "msgpack",
        "7z-compressed",
    ];
    let Some((kind, format)) = content_type.split_once('/') else {
        return false;
    };
    let is_media = MEDIA.contains(&kind) && !format.starts_with("svg");
    let format = format.strip_prefix("x-").unwrap_or(format);
    is_media || FORMATS.iter().any(|it| format.starts_with(it))
}

/// Some servers call every text plain.
fn is_page(essence: &str, text: &str) -> bool {
    let start: String = text.trim_start().chars().take(15).collect();
    let start = start.to_ascii_lowercase();
    let is_html = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric());
    matches!(essence, "text/html" | "application/xhtml+xml")
        || start.starts_with("<!doctype html")
        || start.strip_prefix("<html").is_some_and(is_html)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, text: &str, is_json_due: bool) -> Content {
        Content::read(content_type, text.into(), is_json_due)
    }

    #[test]
    fn a_body_is_what_its_type_and_its_beginning_say() {
        assert!(matches!(
            read("application/json", "{}", false),
            Content::Json { .. }
        ));
        assert!(matches!(
            read("application/json", "{\"a\":", false),
            Content::Broken(_)
        ));
        assert!(matches!(read("text/plain", "{}", false), Content::Text(_)));
        assert!(matches!(
            read("text/plain", "{}", true),
            Content::Json { .. }
        ));
        assert!(matches!(
            read("text/plain", "hello", true),
            Content::Text(_)
        ));
        assert!(matches!(
            read("text/plain", " \n<!DOCTYPE html><p>", false),
            Content::Page(_)
        ));
        assert!(matches!(
            read("text/html; charset=utf-8", "x", true),
            Content::Page(_)
        ));
        assert!(matches!(
            read("text/plain", "<htmlish>", false),
            Content::Text(_)
        ));
        assert!(matches!(
            read("text/event-stream", "data: 1\n\n", false),
            Content::Events(_)
        ));
        assert!(matches!(
            read("application/json", "  ", true),
            Content::Empty
        ));
    }

    #[test]
    fn media_are_bytes_and_drawings_are_text() {
        assert!(matches!(read("image/png", "x", false), Content::Bytes(_)));
        assert!(matches!(
            read("image/svg+xml", "<svg>", false),
            Content::Text(_)
        ));
        assert!(matches!(
            read("application/x-zip-compressed", "x", false),
            Content::Bytes(_)
        ));
        assert!(matches!(read("video/mp4", "", false), Content::Empty));
        assert!(matches!(
            read("application/octet-stream", "{}", true),
            Content::Json { .. }
        ));
    }

    #[test]
    fn the_text_of_a_number_is_kept_digit_by_digit() {
        let content = read("application/json", "{\"seed\":9007199254740993}", false);
        assert_eq!(content.text(), "{\"seed\":9007199254740993}");
    }

    #[test]
    fn only_a_refusal_alone_is_one() {
        let finding = r#"{"loc":["body","prompt"],"msg":"no","type":"missing"}"#;
        let is_refusal = |text: &str| read("application/json", text, true).is_refusal();
        assert!(is_refusal(&format!(r#"{{"detail":[{finding}]}}"#)));
        assert!(!is_refusal(&format!(
            r#"{{"detail":[{finding}],"video":1}}"#
        )));
        assert!(!is_refusal(r#"{"detail":[]}"#));
        assert!(!is_refusal(r#"{"detail":"no"}"#));
        assert!(!is_refusal(
            r#"{"detail":[{"loc":["query"],"msg":"no","type":"missing"}]}"#
        ));
    }
}
