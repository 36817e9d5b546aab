//! Generated paths and file names, valid and hostile.

use std::path::{Component, Path};

use proptest::prelude::*;

use super::{FilePath, LONGEST_NAME};
use crate::hostile::{self, quickly};

fn paths() -> impl Strategy<Value = String> {
    hostile::text(&[
        "/files/b/01234567/0123456789abcdef01234567_a.png",
        "/files/b/ffffffff/ffffffffffffffffffffffff_..",
        "/files/b/01234567/0123456789abcdef01234567_file_name-1.tar.gz",
    ])
}

/// Whether `path` is exactly `depth` plain names below `root`.
fn is_below(path: &Path, root: &Path, depth: usize) -> bool {
    let Ok(below) = path.strip_prefix(root) else {
        return false;
    };
    let are_names = below
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    are_names && below.components().count() == depth
}

#[test]
fn mixed_paths_are_taken_and_refused() {
    hostile::assert_mixed(&paths(), |path| FilePath::parse(&path).is_some());
}

proptest! {
    #[test]
    fn a_path_that_is_taken_stays_in_its_folder(path in paths()) {
        let Some(file) = quickly(|| FilePath::parse(&path)) else { return Ok(()) };
        prop_assert_eq!(file.to_string(), path);
        let root = Path::new("/data");
        prop_assert!(is_below(&file.on_disk(root), root, 3), "{:?}", file);
        for note in [file.note(root), file.lifecycle(root)] {
            prop_assert!(is_below(&note, root, 2), "{:?}", note);
            let name = note.file_name().and_then(|name| name.to_str()).expect("a name");
            prop_assert_eq!(FilePath::of_note(name), Some(file.clone()));
        }
    }

    #[test]
    fn any_name_makes_a_path_that_is_taken_back(name in hostile::text(&["a.png", "../../etc/passwd", "naïve name.jpeg", "C:\\x"])) {
        let file = quickly(|| FilePath::new(&name));
        prop_assert_eq!(FilePath::parse(&file.to_string()), Some(file.clone()));
        prop_assert!(file.to_string().len() <= "/files/b/01234567/".len() + 25 + LONGEST_NAME);
    }
}
