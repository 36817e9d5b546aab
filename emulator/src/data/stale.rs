//! Temporary folders that a process left behind because it was killed.

use std::io;
use std::path::Path;

use super::folder::NAME;
use super::lock::{self, Lock};

/// Removes the temporary folders of processes that are dead. Blocks, for a long time if there is much to delete.
pub(crate) fn remove_stale() {
    remove_stale_in(&std::env::temp_dir());
}

fn remove_stale_in(place: &Path) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || !is_temporary(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let folder = entry.path();
        // Held during the removal, so that no other process removes the same folder.
        let Ok(Some(lock)) = Lock::take_stale(&folder) else {
            continue;
        };
        // The folder's own process may have removed it in the meantime.
        if let Err(error) = lock::remove_folder(&folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            let folder = folder.display();
            tracing::warn!("The folder {folder} of a process that is gone stays: {error}");
        }
        drop(lock);
    }
}

/// Whether this program gives such names to its temporary folders.
fn is_temporary(name: &str) -> bool {
    let number = name
        .strip_prefix(NAME)
        .and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| {
        number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::random;

    #[test]
    fn only_locked_folders_of_dead_processes_are_removed() {
        let place = std::env::temp_dir().join(format!("stale-test-{}", random::hex::<8>()));
        let folder = |name: &str, has_lock: bool| {
            let folder = place.join(name);
            fs::create_dir_all(folder.join("files")).expect("created");
            fs::write(folder.join("files").join("a"), "x").expect("written");
            if has_lock {
                fs::write(folder.join(lock::NAME), "1\n").expect("written");
            }
            folder
        };
        let stale = folder("fal-emulator-0123456789abcdef", true);
        let in_use = folder("fal-emulator-1123456789abcdef", true);
        let no_lock = folder("fal-emulator-2123456789abcdef", false);
        let other_name = folder("fal-emulator-mine", true);
        let held = Lock::take(&in_use).expect("locked").expect("free");
        remove_stale_in(&place);
        assert!(!stale.exists());
        for kept in [&in_use, &no_lock, &other_name] {
            assert!(kept.join("files").join("a").exists(), "{}", kept.display());
        }
        drop(held);
        fs::remove_dir_all(place).expect("removed");
    }
}
