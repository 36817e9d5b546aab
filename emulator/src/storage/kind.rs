//! The content type with which a file is served. Anybody may upload files, and they are served on the demo page's
//! origin, so browsers must not run anything in them.

const UNKNOWN: &str = "application/octet-stream";

/// The type of a file that begins with `head`. `guess` is the type by its sender or its name.
pub(super) fn of<'a>(head: &[u8], guess: &'a str) -> &'a str {
    sniffed(head).unwrap_or(if is_harmless(guess) { guess } else { UNKNOWN })
}

/// Whether a browser may show this type in place. It should save files of other types.
pub(super) fn is_media(kind: &str) -> bool {
    ["image/", "video/", "audio/"]
        .iter()
        .any(|media| kind.starts_with(media))
}

fn sniffed(head: &[u8]) -> Option<&'static str> {
    let brand = |at: usize| head.get(at..at + 4).unwrap_or_default();
    match (brand(0), brand(4), brand(8)) {
        (b"\x89PNG", ..) => Some("image/png"),
        (b"GIF8", ..) => Some("image/gif"),
        ([0xff, 0xd8, 0xff, _], ..) => Some("image/jpeg"),
        (b"RIFF", _, b"WEBP") => Some("image/webp"),
        (b"RIFF", _, b"WAVE") => Some("audio/wav"),
        (_, b"ftyp", b"avif" | b"avis") => Some("image/avif"),
        (_, b"ftyp", b"heic" | b"heix") => Some("image/heic"),
        (_, b"ftyp", b"qt  ") => Some("video/quicktime"),
        (_, b"ftyp", _) => Some("video/mp4"),
        ([0x1a, 0x45, 0xdf, 0xa3], ..) => Some("video/webm"),
        (b"OggS", ..) => Some("audio/ogg"),
        ([b'I', b'D', b'3', _], ..) => Some("audio/mpeg"),
        _ => None,
    }
}

/// Whether the type that the sender of a file gave may be used. SVG may not, as it is an image that runs scripts.
pub(super) fn is_harmless(kind: &str) -> bool {
    let lower = kind.to_ascii_lowercase();
    let active = ["svg", "xml", "html"].iter().any(|it| lower.contains(it));
    // If a header has several types, browsers use the last.
    let is_one = kind.bytes().all(|b| matches!(b, b' '..=b'~') && b != b',');
    is_media(kind) && is_one && !active || matches!(kind, "text/plain" | "application/json")
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_more_than_names() {
        assert_eq!(of(b"\x89PNG\r\n\x1a\n", "text/html"), "image/png");
        assert_eq!(of(b"\0\0\0\x18ftypisom", UNKNOWN), "video/mp4");
        assert_eq!(of(b"RIFF\0\0\0\0WEBPVP8 ", UNKNOWN), "image/webp");
    }

    #[test]
    fn names_tell_where_bytes_do_not() {
        assert_eq!(of(b"hello", "text/plain"), "text/plain");
        assert_eq!(of(b"", "image/bmp"), "image/bmp");
    }

    #[test]
    fn nothing_active_keeps_its_type() {
        for kind in [
            "text/html",
            "image/svg+xml",
            "image/SVG+XML",
            "image/png,text/html",
            "image/png\n",
            "text/javascript",
            "text/xml",
            "text/css",
        ] {
            assert_eq!(of(b"<svg onload=alert(1)>", kind), UNKNOWN, "{kind}");
        }
    }
}
