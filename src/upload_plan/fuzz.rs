//! Upload URLs as a server, or a proxy before it, may give them, and files of any size.

#![allow(clippy::float_cmp, reason = "sizes are whole numbers")]

use proptest::prelude::*;
use url::Url;

use super::{MOST_PARTS, MULTIPART_ABOVE_BYTES, PART_BYTES, part_bytes, part_url};
use crate::hostile::{self, quickly};

fn urls() -> impl Strategy<Value = String> {
    hostile::text(&[
        "https://v3b.fal.media/files/b/up?sig=a/b&x=1",
        "https://v3.fal.media/files/b/0123/up.bin?expires=1&signature=ab%2F#part",
        "http://127.0.0.1:8787/files/b/up?s=?",
        "/api/files/up",
    ])
}

/// Sizes that JavaScript can hold, and numbers that are no size.
fn sizes() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (0.0..2e12_f64).prop_map(f64::floor),
        4 => (0_u32..1000, -2_i32..3).prop_map(|(parts, off)| f64::from(parts) * PART_BYTES + f64::from(off)),
        1 => any::<f64>(),
    ]
}

/// What JavaScript still counts byte by byte: no file is larger.
const LARGEST: f64 = 9_007_199_254_740_991.0;

proptest! {
    #[test]
    fn a_step_is_one_segment_more_and_the_signature_stays(url in urls(), number in 1_u32..10_001) {
        // As URL parsers do.
        let url = url.trim_matches(|c| c <= ' ');
        let Ok(whole) = Url::parse(url) else { return Ok(()) };
        if !matches!(whole.scheme(), "http" | "https") { return Ok(()) }
        for step in [number.to_string(), "complete".to_owned()] {
            let built = quickly(|| part_url(url, &step));
            let part = Url::parse(&built).expect("still a URL");
            prop_assert_eq!((part.origin(), part.query()), (whole.origin(), whole.query()));
            prop_assert!(part.path().ends_with(&format!("/{step}")), "{} of {}", part, whole);
            if whole.as_str() == url {
                prop_assert_eq!(part.path(), format!("{}/{step}", whole.path()));
            }
        }
    }

    #[test]
    fn a_file_goes_up_whole_or_in_no_more_parts_than_are_allowed(size in sizes(), threshold in sizes(), part in 5e6..1e8_f64) {
        let at_a_time = part_bytes(size, threshold, part);
        let is_large = size > if threshold.is_nan() { MULTIPART_ABOVE_BYTES } else { threshold };
        if !is_large {
            prop_assert_eq!(at_a_time.to_bits(), size.to_bits());
        } else if size > 0.0 && size <= LARGEST {
            prop_assert!(at_a_time <= size && size / at_a_time <= MOST_PARTS, "{} of {}", at_a_time, size);
            prop_assert!(at_a_time >= part.min(size));
        }
    }
}
