//! The folder, which is removed when it is temporary and not used any longer.

use std::io;
use std::path::{Path, PathBuf};

use super::error::DataError;
use super::lock::{self, Lock};
use crate::random;

/// The name of this program's folder in the folder that the user named. The names of temporary folders have a random
/// number after it.
pub(super) const NAME: &str = "fal-emulator";

/// How many temporary folders are tried. Another process may remove one as stale in the moment before it is locked.
const ATTEMPTS: u32 = 3;

/// How long the files in a folder live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// They are removed when the process ends.
    OfTheProcess,
    /// They stay for the next process.
    Lasting,
}

/// A folder for files. No other process uses it.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    lifetime: Lifetime,
    /// Held until the folder is removed, so that no other process takes it for a stale one.
    _lock: Lock,
}

impl DataFolder {
    /// A folder in the one that the user named, or a new temporary one. If the folder is new, only this user can read it.
    /// Blocks.
    pub(crate) fn open(named: Option<&Path>) -> Result<Self, DataError> {
        match named {
            Some(named) => Self::below(named),
            None => Self::temporary(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    fn below(named: &Path) -> Result<Self, DataError> {
        if named.as_os_str().is_empty() {
            return Err(DataError::NoName);
        }
        let path = named.join(NAME);
        let failed = |error| DataError::Unusable(path.clone(), error);
        std::fs::create_dir_all(named).map_err(failed)?;
        match create_private(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => created.map_err(failed)?,
        }
        if !lock::is_in(&path) && !is_empty_folder(&path).map_err(failed)? {
            return Err(DataError::Foreign(path));
        }
        let Some(lock) = Lock::take(&path).map_err(failed)? else {
            return Err(DataError::InUse {
                process: lock::holder(&path),
                named: named.to_owned(),
            });
        };
        Ok(Self {
            path,
            lifetime: Lifetime::Lasting,
            _lock: lock,
        })
    }

    fn temporary() -> Result<Self, DataError> {
        let place = std::env::temp_dir();
        let failed = |error| DataError::Unusable(place.clone(), error);
        for _ in 0..ATTEMPTS {
            let path = place.join(format!("{NAME}-{}", random::hex::<8>()));
            create_private(&path).map_err(failed)?;
            let lock = Lock::take(&path).map_err(failed)?;
            if let Some(lock) = lock.filter(|_| lock::is_in(&path)) {
                return Ok(Self {
                    path,
                    lifetime: Lifetime::OfTheProcess,
                    _lock: lock,
                });
            }
        }
        Err(failed(io::ErrorKind::ResourceBusy.into()))
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.lifetime == Lifetime::OfTheProcess {
            // If this fails, the next start removes the rest.
            let _ = lock::remove_folder(&self.path);
        }
    }
}

/// Creates a folder that only this user can read.
fn create_private(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), allow(unused_mut))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn is_empty_folder(path: &Path) -> io::Result<bool> {
    Ok(std::fs::read_dir(path)?.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    /// A folder of the test's own, removed at its end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("data-test-{}", random::hex::<8>()));
            std::fs::create_dir(&path).expect("created");
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_named_folder_is_used_again_and_by_one_process_at_a_time() {
        let scratch = Scratch::new();
        let first = DataFolder::open(Some(&scratch.0)).expect("usable");
        assert_eq!(first.path(), scratch.0.join("fal-emulator"));
        assert_eq!(first.lifetime(), Lifetime::Lasting);
        let second = DataFolder::open(Some(&scratch.0)).expect_err("in use");
        let told = second.to_string();
        assert!(told.contains(&std::process::id().to_string()), "{told}");
        drop(first);
        DataFolder::open(Some(&scratch.0)).expect("free again");
    }

    #[test]
    fn a_folder_that_somebody_else_made_is_left_alone() {
        let scratch = Scratch::new();
        let theirs = scratch.0.join("fal-emulator").join("incoming");
        std::fs::create_dir_all(&theirs).expect("created");
        let refused = DataFolder::open(Some(&scratch.0)).expect_err("not ours");
        assert!(matches!(refused, DataError::Foreign(_)), "{refused}");
        assert!(theirs.is_dir());
        assert!(!scratch.0.join("fal-emulator").join(lock::NAME).exists());
    }

    #[test]
    fn an_empty_name_is_no_folder() {
        let refused = DataFolder::open(Some(Path::new(""))).expect_err("no name");
        assert!(refused.to_string().contains("--data"), "{refused}");
    }

    #[test]
    fn a_temporary_folder_goes_with_its_process() {
        let folder = DataFolder::open(None).expect("usable");
        let path = folder.path().to_owned();
        std::fs::create_dir(path.join("files")).expect("created");
        std::fs::write(path.join("files").join("a"), "x").expect("written");
        drop(folder);
        assert!(!path.exists());
    }
}
