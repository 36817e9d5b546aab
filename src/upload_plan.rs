//! How a file is cut into parts for its upload, and where they go (protocol §9.3).

use crate::text;

const MEBIBYTE: f64 = 1_048_576.0;

/// A file larger than this is uploaded in parts, in bytes.
pub const MULTIPART_ABOVE_BYTES: f64 = 90.0 * MEBIBYTE;
/// The size of every part but the last, in bytes.
pub const PART_BYTES: f64 = 10.0 * MEBIBYTE;
/// The parts of a file. Sizes are `f64`, as JavaScript's are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    size: f64,
    count: u32,
}

impl Parts {
    /// The parts of a file of `size` bytes; `None` for one that goes up in one piece.
    pub fn of(size: f64) -> Option<Self> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
        let count = (size / PART_BYTES).ceil() as u32;
        (size > MULTIPART_ABOVE_BYTES).then_some(Self { size, count })
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Where part `number`, counted from 1, starts and ends, in bytes.
    pub fn range(&self, number: u32) -> (f64, f64) {
        let end = f64::from(number) * PART_BYTES;
        (end - PART_BYTES, end.min(self.size))
    }
}

/// The URL of a step of the upload, a part's number or `complete`: the step is a segment
/// more in the path, before the query that carries the signature.
pub fn part_url(upload_url: &str, step: &str) -> String {
    let end = upload_url.bytes().position(|byte| byte == b'?');
    let (path, query) = upload_url
        .split_at_checked(end.unwrap_or(upload_url.len()))
        .unwrap_or_default();
    text::joined(&[path, "/", step, query])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_exactly_90_mebibytes_goes_up_in_one_piece() {
        assert_eq!(Parts::of(MULTIPART_ABOVE_BYTES), None);
        assert_eq!(Parts::of(0.0), None);
        assert_eq!(Parts::of(f64::NAN), None);
        assert_eq!(
            Parts::of(MULTIPART_ABOVE_BYTES + 1.0).map(|it| it.count()),
            Some(10)
        );
    }

    #[test]
    fn the_parts_cover_the_file_without_gap_or_overlap() {
        for size in [
            MULTIPART_ABOVE_BYTES + 1.0,
            12.0 * PART_BYTES,
            12.5 * PART_BYTES,
            1e11,
        ] {
            let parts = Parts::of(size).expect("parts");
            let mut at = 0.0;
            for number in 1..=parts.count() {
                let (start, end) = parts.range(number);
                assert!(start == at && end > start, "part {number} of {size}");
                assert!(end - start <= PART_BYTES);
                at = end;
            }
            assert!(at == size);
        }
    }

    #[test]
    fn the_step_goes_into_the_path_before_the_signature() {
        let url = "https://v3b.fal.media/files/b/up?sig=a/b&x=1";
        assert_eq!(
            part_url(url, "3"),
            "https://v3b.fal.media/files/b/up/3?sig=a/b&x=1"
        );
        assert_eq!(
            part_url("https://h/up", "complete"),
            "https://h/up/complete"
        );
        assert_eq!(part_url("", "1"), "/1");
    }
}
