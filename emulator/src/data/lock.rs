//! The lock file of a data folder. It marks the folder as this program's own, and names the process that uses it. That
//! process keeps it locked until it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// The file's name.
pub(super) const NAME: &str = "fal-emulator.lock";

/// The lock on a folder, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    /// Never read: the lock lasts while the file is open.
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder, and creates the lock file if it is missing. `None` if another process holds the lock.
    pub(super) fn take(folder: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let Some(mut file) = lock_file(options.open(folder.join(NAME))?)? else {
            return Ok(None);
        };
        file.set_len(0)?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Some(Self { _file: file }))
    }

    /// Takes the lock of a folder that no living process uses. `None` if one uses it, or if the folder is not this
    /// program's.
    pub(super) fn take_stale(folder: &Path) -> io::Result<Option<Self>> {
        if !is_in(folder) {
            return Ok(None);
        }
        let file = OpenOptions::new().write(true).open(folder.join(NAME))?;
        Ok(lock_file(file)?.map(|file| Self { _file: file }))
    }
}

fn lock_file(file: File) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a folder has a lock file. A symbolic link does not count.
pub(super) fn is_in(folder: &Path) -> bool {
    let found = std::fs::symlink_metadata(folder.join(NAME));
    found.is_ok_and(|found| found.is_file())
}

/// The process that a lock file names. `None` also on systems where a locked file cannot be read.
pub(super) fn holder(folder: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(folder.join(NAME)).ok()?;
    text.trim().parse().ok()
}

/// Removes a folder of this program. The lock file goes last: while it is there, the next start recognises a folder
/// that was removed only in part.
pub(super) fn remove_folder(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == NAME {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    std::fs::remove_file(folder.join(NAME))?;
    std::fs::remove_dir(folder)
}
