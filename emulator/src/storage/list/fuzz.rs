//! Generated bodies of the call that completes an upload in parts.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::data::Lifetime;
use crate::hostile::{self, quickly};
use crate::storage::disk::Disk;
use crate::storage::incoming::Incoming;

/// Three stored parts.
static PARTS: LazyLock<BTreeMap<u32, Part>> = LazyLock::new(|| {
    let disk = Disk::new(0, 0, Lifetime::OfTheProcess);
    let part = |number| {
        let file = Incoming::new(Path::new(""), &disk);
        (
            number,
            Part {
                etag: format!("tag{number}"),
                file,
            },
        )
    };
    (1..=3).map(part).collect()
});

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        r#"{"parts":[{"partNumber":1,"etag":"tag1"},{"partNumber":2,"etag":"\"tag2\""},{"partNumber":3,"etag":"tag3"}]}"#,
        r#"{"parts":[{"partNumber":3,"etag":"tag3"},{"partNumber":1,"etag":"tag1"},{"partNumber":2,"etag":"tag2"}],"x":1}"#,
        r#"{"parts":[{"partNumber":4294967295,"etag":"\u0000"}]}"#,
    ])
}

fn completes(body: &[u8]) -> Option<Vec<(u32, String)>> {
    let entries = serde_json::from_slice::<List>(body).ok()?.entries();
    problem(&entries, &PARTS).is_none().then_some(entries)
}

#[test]
fn mixed_lists_complete_and_are_refused() {
    hostile::assert_mixed(&bodies(), |body| completes(&body).is_some());
}

proptest! {
    #[test]
    fn a_list_completes_with_stored_parts_each_once_and_with_its_own_tag(body in bodies()) {
        let Some(entries) = quickly(|| completes(&body)) else { return Ok(()) };
        prop_assert!(!entries.is_empty());
        prop_assert!(entries.is_sorted_by(|one, next| one.0 < next.0), "{:?}", entries);
        for (number, etag) in &entries {
            prop_assert_eq!(PARTS.get(number).map(|part| &part.etag), Some(etag));
        }
    }
}
