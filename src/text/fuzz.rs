//! The text helpers against the standard library's and a URL library's.

use proptest::prelude::*;

use super::{contains, joined};
use crate::hostile::{self, quickly};

fn texts() -> impl Strategy<Value = String> {
    hostile::text(&[
        "https://a.b/hook?x=1&y=é z",
        "svg+xml;a-b",
        "data:image/png;base64,aGk=",
        "a/b/c",
    ])
}

proptest! {
    #[test]
    fn contains_finds_what_the_standard_library_finds(text in texts(), part in "[ab/:]{1,3}|é|😀") {
        prop_assert_eq!(quickly(|| contains(&text, &part)), text.contains(&part));
    }

    #[test]
    fn parts_are_joined_as_the_standard_library_joins_them(one in texts(), other in texts()) {
        let parts = [one.as_str(), "", &other];
        prop_assert_eq!(joined(&parts), parts.concat());
    }
}
