//! Parses the paths on the CDN's hosts: files, and steps of uploads (protocol §9.3, §9.4).

use super::path::FilePath;

/// A parsed path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    File(FilePath),
    /// A numbered part of a file. `id` is the id of the upload in URLs that are not signed.
    Part {
        file: FilePath,
        id: Option<&'a str>,
        number: u32,
    },
    /// The completion of a file in parts.
    Complete {
        file: FilePath,
        id: Option<&'a str>,
    },
    /// The target of direct uploads in one piece.
    Upload,
    /// The start of direct uploads in parts.
    UploadInParts,
}

impl<'a> Place<'a> {
    /// Parses a path. `None` if the emulator gives out no such path.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        match path {
            "/files/upload" => return Some(Self::Upload),
            "/files/upload/multipart" => return Some(Self::UploadInParts),
            _ => {}
        }
        if let Some(file) = FilePath::parse(path) {
            return Some(Self::File(file));
        }
        let (head, step) = path.rsplit_once('/')?;
        let (head, id) = match head.rsplit_once("/multipart/") {
            Some((_, id)) if id.contains('/') => return None,
            Some((head, id)) => (head, Some(id)),
            None => (head, None),
        };
        let file = FilePath::parse(head)?;
        if step == "complete" {
            return Some(Self::Complete { file, id });
        }
        let is_number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| step.parse().ok())??;
        Some(Self::Part { file, id, number })
    }

    /// The file, or the file whose upload this is a step of.
    pub(crate) fn file(&self) -> Option<&FilePath> {
        match self {
            Self::File(file) | Self::Part { file, .. } | Self::Complete { file, .. } => Some(file),
            Self::Upload | Self::UploadInParts => None,
        }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/files/b/01234567/0123456789abcdef01234567_a.png";

    #[test]
    fn every_step_of_an_upload_is_understood() {
        let file = FilePath::parse(FILE).expect("a file");
        let part = |id, number| Place::Part {
            file: file.clone(),
            id,
            number,
        };
        let complete = |id| Place::Complete {
            file: file.clone(),
            id,
        };
        for (tail, place) in [
            ("", Place::File(file.clone())),
            ("/1", part(None, 1)),
            ("/10000", part(None, 10_000)),
            ("/complete", complete(None)),
            ("/multipart/c0ffee/2", part(Some("c0ffee"), 2)),
            ("/multipart/c0ffee/complete", complete(Some("c0ffee"))),
        ] {
            assert_eq!(Place::of(&format!("{FILE}{tail}")), Some(place), "{tail}");
        }
        assert_eq!(Place::of("/files/upload"), Some(Place::Upload));
        assert_eq!(
            Place::of("/files/upload/multipart"),
            Some(Place::UploadInParts)
        );
    }

    #[test]
    fn other_paths_are_nothing() {
        for tail in [
            "/",
            "/+1",
            "/-1",
            "/1/2",
            "/99999999999",
            "/completed",
            "/multipart/1",
            "/multipart/a/b/1",
            "/../1",
        ] {
            assert_eq!(Place::of(&format!("{FILE}{tail}")), None, "{tail}");
        }
        assert_eq!(Place::of("/files/upload/"), None);
    }
}
