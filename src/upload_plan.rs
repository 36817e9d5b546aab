//! How a file is cut into parts for its upload, and where they go (protocol §9.3).

use crate::text;

const MEBIBYTE: f64 = 1_048_576.0;

/// A file larger than this is uploaded in parts, in bytes, unless its caller sets another bound.
pub const MULTIPART_ABOVE_BYTES: f64 = 90.0 * MEBIBYTE;
/// The size of every part but the last, in bytes, unless the caller sets another.
pub const PART_BYTES: f64 = 10.0 * MEBIBYTE;
/// An upload has no more parts than this: the rule of S3, whose way of uploading this is.
pub const MOST_PARTS: f64 = 10_000.0;

/// How many bytes of a file of `size` bytes go up at a time: all of them if the file has
/// `threshold` at most, else a part, of `part_size` unless that makes too many. Sizes are `f64`,
/// as JavaScript's are; for NaN, the default holds.
pub fn part_bytes(size: f64, threshold: f64, part_size: f64) -> f64 {
    if size > or(threshold, MULTIPART_ABOVE_BYTES) {
        let least = (size / MOST_PARTS).ceil();
        or(part_size, PART_BYTES).ceil().max(least).min(size)
    } else {
        size
    }
}

fn or(given: f64, default: f64) -> f64 {
    if given.is_nan() { default } else { given }
}

/// The URL of a step of the upload, a part's number or `complete`: the step is a segment
/// more in the path, before the query that carries the signature.
pub fn part_url(upload_url: &str, step: &str) -> String {
    let end = text::find(upload_url, |byte| matches!(byte, b'?' | b'#'));
    let (path, query) = upload_url
        .split_at_checked(end.unwrap_or(upload_url.len()))
        .unwrap_or_default();
    text::joined(&[path, "/", step, query])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::float_cmp)] // passed on, or whole numbers
mod tests {
    use super::*;

    /// With the caller's threshold and part size.
    fn planned(size: f64, threshold: f64, part_size: f64) -> f64 {
        part_bytes(size, threshold, part_size)
    }

    #[test]
    fn a_file_of_exactly_90_mebibytes_goes_up_in_one_piece_and_a_larger_one_in_parts() {
        for whole in [0.0, 1.0, MULTIPART_ABOVE_BYTES] {
            assert_eq!(planned(whole, f64::NAN, f64::NAN), whole);
        }
        for large in [MULTIPART_ABOVE_BYTES + 1.0, 1e11] {
            assert_eq!(planned(large, f64::NAN, f64::NAN), PART_BYTES);
        }
        assert!(planned(f64::NAN, f64::NAN, f64::NAN).is_nan());
    }

    #[test]
    fn the_caller_sets_threshold_and_part_size() {
        assert_eq!(planned(21.0, 20.0, 5.0), 5.0);
        assert_eq!(planned(20.0, 20.0, 5.0), 20.0);
        assert_eq!(planned(21.0, 20.0, 4.5), 5.0, "whole bytes");
        assert_eq!(planned(1.0, 0.0, 5.0), 1.0, "one part is one piece");
        assert_eq!(planned(1e12, f64::INFINITY, 5.0), 1e12, "never in parts");
    }

    #[test]
    fn no_file_has_more_than_ten_thousand_parts() {
        let most = MOST_PARTS * PART_BYTES;
        assert_eq!(planned(most, f64::NAN, f64::NAN), PART_BYTES);
        assert_eq!(planned(most + 1.0, f64::NAN, f64::NAN), PART_BYTES + 1.0);
        for size in [most + 1.0, 3.3e11, 9_007_199_254_740_991.0] {
            assert!((size / planned(size, 0.0, PART_BYTES)).ceil() <= MOST_PARTS);
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
        // Else both would be sent to the file's own URL: no server sees a fragment.
        assert_eq!(part_url("https://h/up#a?b", "2"), "https://h/up/2#a?b");
    }
}
