//! The folder that files are kept in: named by the user, or a fresh one in the system's
//! place for temporary files, which goes when the emulator goes.

use std::io;
use std::path::{Path, PathBuf};

use crate::random;

/// A folder for files.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    is_temporary: bool,
}

impl DataFolder {
    /// The folder the user named, or a fresh one that only this user can look into.
    pub(crate) fn open(named: Option<&Path>) -> io::Result<Self> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!("fal-emulator-{}", random::hex::<8>())),
        };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(named.is_some());
        #[cfg(unix)]
        if named.is_none() {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        builder.create(&path)?;
        Ok(Self {
            path,
            is_temporary: named.is_none(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.is_temporary {
            // What is left behind, the system's own tidying removes.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
