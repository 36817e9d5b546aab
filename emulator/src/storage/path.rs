//! The path of a file: `/files/b/{8 hex}/{24 hex}_{name}` in URLs, and the same names below the data folder. Only paths of
//! this form are accepted, so no path leads out of the folder.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::random;

const PREFIX: &str = "/files/b/";
const LONGEST_NAME: usize = 80;

/// The path of a file, whether it is stored or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FilePath {
    folder: String,
    file: String,
}

impl FilePath {
    /// A new path for a file with this name.
    pub(super) fn new(name: &str) -> Self {
        Self {
            folder: random::hex::<4>(),
            file: format!("{}_{}", random::hex::<12>(), safe(name)),
        }
    }

    /// Parses the path of a URL. `None` if it has another form.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let (folder, file) = path.strip_prefix(PREFIX)?.split_once('/')?;
        let (id, name) = file.split_once('_')?;
        let genuine = is_hex(folder, 8) && is_hex(id, 24) && name == safe(name);
        genuine.then(|| Self {
            folder: folder.to_owned(),
            file: file.to_owned(),
        })
    }

    /// The folder of the file, below the data folder `root`.
    pub(super) fn folder(&self, root: &Path) -> PathBuf {
        root.join("files").join(&self.folder)
    }

    /// The path of the file on the disk.
    pub(super) fn on_disk(&self, root: &Path) -> PathBuf {
        self.folder(root).join(&self.file)
    }

    /// The path of the note with the content type that its sender gave.
    pub(super) fn note(&self, root: &Path) -> PathBuf {
        root.join("types").join(self.note_name())
    }

    /// The path of the note with its lifecycle.
    pub(super) fn lifecycle(&self, root: &Path) -> PathBuf {
        root.join("lifecycles").join(self.note_name())
    }

    fn note_name(&self) -> String {
        format!("{}-{}", self.folder, self.file)
    }

    /// The path of the file whose note has this name.
    pub(super) fn of_note(name: &str) -> Option<Self> {
        let (folder, file) = name.split_once('-')?;
        Self::parse(&format!("{PREFIX}{folder}/{file}"))
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}/{}", self.folder, self.file)
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == length && text.bytes().all(is_digit)
}

/// A safe form of a file name. Letters, digits, dots, dashes and underscores stay; other characters become underscores.
/// A long name loses its beginning, so that it keeps the extension.
fn safe(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(plain).collect();
    let from = name.len().saturating_sub(LONGEST_NAME);
    let name = name.get(from..).unwrap_or_default();
    if name.is_empty() {
        "file".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_its_url() {
        for name in [
            "a.png",
            "",
            "naïve name.jpeg",
            "..",
            "a/b\\c\0d\"e\r\nf.png",
        ] {
            let path = FilePath::new(name);
            assert_eq!(FilePath::parse(&path.to_string()), Some(path.clone()));
            assert_eq!(FilePath::of_note(&path.note_name()), Some(path));
        }
    }

    #[test]
    fn hostile_names_lose_what_makes_them_so() {
        assert_eq!(safe("../../etc/passwd"), ".._.._etc_passwd");
        assert_eq!(safe("a b?.png"), "a_b_.png");
        assert_eq!(
            safe(&format!("{}.png", "x".repeat(500))).len(),
            LONGEST_NAME
        );
        assert_eq!(
            safe(&format!("{}.png", "x".repeat(500))).find('.'),
            Some(LONGEST_NAME - 4)
        );
    }

    #[test]
    fn paths_that_were_not_made_here_are_no_files() {
        let id = "0123456789abcdef01234567";
        for path in [
            "/files/b/01234567/../../x".to_owned(),
            format!("/files/b/../{id}_a"),
            format!("/files/b/01234567/{id}_a/b"),
            format!("/files/b/01234567/{id}_%2e%2e%2fa"),
            format!("/files/b/01234567/{id}_"),
            format!("/files/b/0123456G/{id}_a"),
            "/files/x".to_owned(),
        ] {
            assert_eq!(FilePath::parse(&path), None, "{path}");
        }
    }
}
