//! The limit on the bytes of all files, as any page may upload to the developer's disk. When the limit is reached, the
//! error says how to free space.

use std::io;
use std::sync::Arc;

use crate::budget::{Budget, Share};
use crate::data::Lifetime;

/// The limit on the bytes of all files.
#[derive(Debug)]
pub(super) struct Disk {
    budget: Arc<Budget>,
    lifetime: Lifetime,
}

impl Disk {
    /// A limit for a folder of this lifetime, in which `used_bytes` are taken.
    pub(super) fn new(limit_bytes: u64, used_bytes: u64, lifetime: Lifetime) -> Arc<Self> {
        Arc::new(Self {
            budget: Budget::new(limit_bytes, used_bytes),
            lifetime,
        })
    }

    /// An empty share, for a new file.
    pub(super) fn share(&self) -> Share {
        Share::none(&self.budget)
    }

    /// Grows the share of a file. Fails with `StorageFull` if fewer bytes are left.
    pub(super) fn grow(&self, share: &mut Share, bytes: usize) -> io::Result<()> {
        share.grow(bytes as u64).map_err(|_| self.full())
    }

    /// Gives back the bytes of a removed file.
    pub(super) fn give_back(&self, bytes: u64) {
        self.budget.give_back(bytes);
    }

    fn full(&self) -> io::Error {
        let advice = match self.lifetime {
            Lifetime::OfTheProcess => "restart the emulator, which empties its temporary folder",
            Lifetime::Lasting => {
                "stop the emulator, delete files from the folder `files` in its data folder, and \
                 start it again"
            }
        };
        let text = format!(
            "the files here may take {} bytes in all: {advice}, or start it with a larger \
             --disk-limit",
            self.budget.limit_bytes()
        );
        io::Error::new(io::ErrorKind::StorageFull, text)
    }
}

/// If the error is the system's for a full disk, adds how to free space.
pub(super) fn add_advice(error: io::Error) -> io::Error {
    let is_the_systems = error.raw_os_error().is_some();
    let is_full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    );
    if !(is_the_systems && is_full) {
        return error;
    }
    let text = format!(
        "the disk that holds the emulator's data folder is full ({error}): free some space on \
         it, or start the emulator with --data and a folder on another disk"
    );
    io::Error::new(error.kind(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full_text(lifetime: Lifetime) -> String {
        let disk = Disk::new(10, 4, lifetime);
        let mut share = disk.share();
        disk.grow(&mut share, 6).expect("just fits");
        let full = disk.grow(&mut share, 1).expect_err("full");
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        full.to_string()
    }

    #[test]
    fn a_full_disk_is_told_with_what_helps_for_its_folder() {
        let temporary = full_text(Lifetime::OfTheProcess);
        assert!(temporary.contains("restart the emulator"), "{temporary}");
        let lasting = full_text(Lifetime::Lasting);
        assert!(lasting.contains("delete files"), "{lasting}");
        assert!(!lasting.contains("restart"), "{lasting}");
        for text in [temporary, lasting] {
            assert!(
                text.contains("10 bytes") && text.contains("--disk-limit"),
                "{text}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_disk_that_is_really_full_is_told_with_what_helps() {
        const ENOSPC: i32 = 28;
        let text = add_advice(io::Error::from_raw_os_error(ENOSPC)).to_string();
        assert!(
            text.contains("free some space") && text.contains("--data"),
            "{text}"
        );
        let other = add_advice(io::Error::from(io::ErrorKind::NotFound)).to_string();
        assert!(!other.contains("--data"), "{other}");
    }
}
