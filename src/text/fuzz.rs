//! The text helpers against the standard library's and a URL library's.

use proptest::prelude::*;

use super::{find, joined};
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
    fn find_finds_what_the_standard_library_finds(text in texts()) {
        let found = quickly(|| find(&text, |byte| matches!(byte, b'?' | b'/')));
        prop_assert_eq!(found, text.find(['?', '/']));
    }

    #[test]
    fn parts_are_joined_as_the_standard_library_joins_them(one in texts(), other in texts()) {
        let parts = [one.as_str(), "", &other];
        prop_assert_eq!(joined(&parts), parts.concat());
    }
}
