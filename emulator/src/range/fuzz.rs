//! Generated `Range` headers, valid and hostile.

use proptest::prelude::*;

use super::*;
use crate::hostile::{self, quickly};

fn headers() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        "bytes=0-1",
        "bytes=-5",
        "bytes=5-",
        "items=0-1",
        "bytes=0-1, 3-4",
        "bytes=18446744073709551615-18446744073709551616",
    ])
}

fn left(value: &[u8]) -> Option<String> {
    let value = HeaderValue::from_bytes(value).ok()?;
    read_range(&HeaderMap::from_iter([(RANGE, value)]), 10)
}

#[test]
fn mixed_headers_are_left_and_ignored() {
    hostile::assert_mixed(&headers(), |value| left(&value).is_some());
}

proptest! {
    #[test]
    fn what_is_left_is_one_range_and_is_left_again(value in headers()) {
        let Some(range) = quickly(|| left(&value)) else { return Ok(()) };
        let (first, last) = range.strip_prefix("bytes=").and_then(|it| it.split_once('-')).expect("a range");
        let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number <= LARGEST);
        prop_assert!(number(first).is_some());
        prop_assert!(last.is_empty() || number(last).is_some());
        let again = left(range.as_bytes());
        prop_assert_eq!(again, Some(range));
    }
}
