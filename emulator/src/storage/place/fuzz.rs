//! Generated paths of files and upload steps.

use proptest::prelude::*;

use super::Place;
use crate::hostile::{self, quickly};

fn paths() -> impl Strategy<Value = String> {
    hostile::text(&[
        "/files/b/01234567/0123456789abcdef01234567_a.png",
        "/files/b/01234567/0123456789abcdef01234567_a.png/7",
        "/files/b/01234567/0123456789abcdef01234567_a.png/complete",
        "/files/b/01234567/0123456789abcdef01234567_a.png/multipart/c0ffee/10000",
        "/files/b/01234567/0123456789abcdef01234567_a.png/multipart/c0ffee/complete",
        "/files/upload/multipart",
    ])
}

/// The path of a place, with the part number in the form `number`.
fn written(place: &Place<'_>, number: &str) -> String {
    let step = |id: Option<&str>| id.map(|id| format!("/multipart/{id}")).unwrap_or_default();
    match place {
        Place::File(file) => file.to_string(),
        Place::Part { file, id, .. } => format!("{file}{}/{number}", step(*id)),
        Place::Complete { file, id } => format!("{file}{}/complete", step(*id)),
        Place::Upload => "/files/upload".to_owned(),
        Place::UploadInParts => "/files/upload/multipart".to_owned(),
    }
}

#[test]
fn mixed_paths_are_taken_and_refused() {
    hostile::assert_mixed(&paths(), |path| Place::of(&path).is_some());
}

proptest! {
    #[test]
    fn a_place_is_all_of_its_path(path in paths()) {
        let Some(place) = quickly(|| Place::of(&path)) else { return Ok(()) };
        let last = path.rsplit('/').next().expect("a segment");
        if let Place::Part { number, .. } = &place {
            prop_assert_eq!(number.to_string(), format!("0{last}").trim_start_matches('0').to_owned().max("0".to_owned()));
        }
        prop_assert_eq!(written(&place, last), path);
    }
}
