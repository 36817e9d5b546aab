//! How many bytes the files may take, all together: uploads come from anybody, and the
//! disk is the developer's.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bound, and what of it is taken.
#[derive(Debug)]
pub(super) struct Disk {
    limit_bytes: u64,
    used_bytes: AtomicU64,
}

impl Disk {
    pub(super) fn new(limit_bytes: u64, used_bytes: u64) -> Arc<Self> {
        Arc::new(Self {
            limit_bytes,
            used_bytes: AtomicU64::new(used_bytes),
        })
    }

    /// What a file that is gone had taken.
    pub(super) fn give_back(&self, bytes: u64) {
        let less = |used: u64| used.checked_sub(bytes).or(Some(0));
        // The closure gives a value whatever it is shown, so this cannot fail.
        let _ = self
            .used_bytes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }

    fn take(&self, bytes: u64) -> io::Result<()> {
        let more = |used: u64| {
            let used = used.checked_add(bytes)?;
            (used <= self.limit_bytes).then_some(used)
        };
        let taken = self
            .used_bytes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more);
        taken.map(|_| ()).map_err(|_| self.full())
    }

    fn full(&self) -> io::Error {
        let text = format!(
            "the files here may take {} bytes in all; restart the emulator, delete files from \
             its folder, or raise --disk-limit",
            self.limit_bytes
        );
        io::Error::new(io::ErrorKind::StorageFull, text)
    }
}

/// The share of one file that is not yet whole; given back when dropped.
#[derive(Debug)]
pub(super) struct Room {
    disk: Arc<Disk>,
    bytes: u64,
}

impl Room {
    pub(super) fn none(disk: &Arc<Disk>) -> Self {
        Self {
            disk: Arc::clone(disk),
            bytes: 0,
        }
    }

    /// Takes so many bytes more; an error of the kind `StorageFull` where they are not left.
    pub(super) fn grow(&mut self, bytes: usize) -> io::Result<()> {
        let bytes = bytes as u64;
        self.disk.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Takes over what `other` has.
    pub(super) fn absorb(&mut self, other: &mut Self) {
        self.bytes += std::mem::take(&mut other.bytes);
    }

    /// The file is whole and stays.
    pub(super) fn keep(&mut self) {
        self.bytes = 0;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.disk.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_up_to_the_limit_and_given_back() {
        let disk = Disk::new(10, 4);
        let mut room = Room::none(&disk);
        room.grow(6).expect("just fits");
        let full = Room::none(&disk).grow(1).expect_err("full");
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        assert!(full.to_string().contains("--disk-limit"));
        drop(room);
        Room::none(&disk).grow(6).expect("free again");
    }

    #[test]
    fn what_is_kept_stays_taken_until_it_is_given_back() {
        let disk = Disk::new(10, 0);
        let mut parts = [Room::none(&disk), Room::none(&disk)];
        let [first, second] = &mut parts;
        first.grow(5).expect("fits");
        second.grow(5).expect("fits");
        first.absorb(second);
        first.keep();
        drop(parts);
        assert!(Room::none(&disk).grow(1).is_err());
        disk.give_back(99);
        Room::none(&disk).grow(10).expect("all free");
    }
}
