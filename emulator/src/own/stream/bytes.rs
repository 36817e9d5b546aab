//! Splits a text within its characters, and makes binary chunks.

use bytes::Bytes;

/// Splits `text` within every character of more than one byte.
pub(super) fn split(text: &str) -> Vec<Bytes> {
    let whole = Bytes::copy_from_slice(text.as_bytes());
    let characters = text.char_indices().filter(|(_, c)| c.len_utf8() > 1);
    let cuts: Vec<_> = characters.map(|(at, _)| at + 1).collect();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(whole.len()));
    starts
        .zip(ends)
        .map(|(start, end)| whole.slice(start..end))
        .collect()
}

/// Chunk number `index` of a body in which the byte at `n` is `n % 251`.
pub(super) fn chunk(index: u32, length: u32) -> Bytes {
    let start = u64::from(index) * u64::from(length);
    let byte = |at: u64| u8::try_from(at % 251).unwrap_or_default();
    (start..start + u64::from(length)).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_long_character_is_cut_and_nothing_is_lost() {
        let text = "aü世🎬";
        let pieces = split(text);
        assert_eq!(pieces.len(), 4);
        assert!(
            pieces
                .iter()
                .take(3)
                .all(|piece| std::str::from_utf8(piece).is_err())
        );
        assert_eq!(pieces.concat(), text.as_bytes());
        assert_eq!(split("plain"), ["plain"]);
    }

    #[test]
    fn chunks_are_pieces_of_one_body() {
        let body = [chunk(0, 200), chunk(1, 200)].concat();
        assert_eq!(body.get(250..253), Some(&[250, 0, 1][..]));
    }
}
