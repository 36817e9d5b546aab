//! Generated values of the start timeout.

use proptest::prelude::*;

use super::{SHORTEST_START_TIMEOUT, seconds};
use crate::hostile::{self, quickly};

fn texts() -> impl Strategy<Value = String> {
    hostile::text(&["30", "30.0", "0.25", "1e19", "-1", "inf", "0.1"])
}

#[test]
fn mixed_timeouts_are_understood_and_left_out() {
    hostile::assert_mixed(&texts(), |text| seconds(&text).is_some());
}

proptest! {
    #[test]
    fn a_start_timeout_is_the_number_that_was_written(text in texts()) {
        let read = quickly(|| seconds(&text));
        let written = text.parse::<f64>().ok().filter(|it| *it > SHORTEST_START_TIMEOUT && *it < 18_446_744_073_709_551_616.0);
        prop_assert_eq!(read.is_some(), written.is_some(), "{}", text);
        if let (Some(read), Some(written)) = (read, written) {
            let off = (read.as_secs_f64() - written).abs();
            prop_assert!(off <= written * 1e-9 + 1e-9, "{:?} for {}", read, text);
        }
    }
}
