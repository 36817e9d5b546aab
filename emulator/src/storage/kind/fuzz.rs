//! Content types and first bytes from hostile senders, who want browsers to run something on this origin.

use axum::http::HeaderValue;
use proptest::prelude::*;

use super::{UNKNOWN, is_media, of};
use crate::hostile::{self, quickly};

fn kinds() -> impl Strategy<Value = String> {
    hostile::text(&[
        "image/png",
        "image/svg+xml",
        "video/mp4;codecs=x",
        "text/html",
        "text/plain",
        "audio/x-xml",
        "application/json",
        "image/x,text/html",
    ])
}

#[test]
fn mixed_kinds_are_kept_and_lost() {
    hostile::assert_mixed(&kinds(), |kind| of(b"", &kind) == kind);
}

proptest! {
    #[test]
    fn nothing_that_a_browser_runs_keeps_its_type(
        kind in kinds(), head in hostile::bytes(&[&b"\x89PNG\r\n\x1a\n"[..], b"<svg onload=x>", b"\0\0\0\x18ftypisom", b"RIFF\0\0\0\0WEBP"]),
    ) {
        let served = quickly(|| of(&head, &kind)).to_owned();
        let lower = served.to_ascii_lowercase();
        let first = lower.split(';').next().unwrap_or_default();
        prop_assert!(!["svg", "xml", "html", ","].iter().any(|it| first.contains(it)), "{}", served);
        prop_assert!(is_media(&served) || matches!(&*served, UNKNOWN | "text/plain" | "application/json"));
        // Otherwise the type by the file's name would stay.
        prop_assert!(HeaderValue::from_str(&served).is_ok(), "{:?}", served);
    }
}
