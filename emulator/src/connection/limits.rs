//! The limits on the number of connections, and on the time that each may keep the emulator waiting.

use std::time::Duration;

/// The most connections, even if the system allows more.
const MOST: usize = 1024;
/// Descriptors that are kept for other uses: the listener, the terminal, the lock file, files that jobs write.
const OTHER_DESCRIPTORS: u64 = 32;
/// The descriptors of one connection: its socket, and the file or upstream socket behind it.
const DESCRIPTORS_EACH: u64 = 2;

/// The limits on connections. The defaults are those of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// The time limit for a request's head, from its first byte on.
    pub head: Duration,
    /// How long a request's body may send nothing while the emulator reads it, and how long a caller may read nothing of
    /// an answer.
    pub silence: Duration,
    /// How long a connection may be open without a request.
    pub keep_alive: Duration,
    /// The most connections. When one more comes, the idlest is closed.
    pub most: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(20),
            silence: Duration::from_mins(1),
            keep_alive: Duration::from_secs(75),
            most: most(descriptors()),
        }
    }
}

/// The number of connections that this number of descriptors allows.
fn most(descriptors: Option<u64>) -> usize {
    let Some(descriptors) = descriptors else {
        return MOST;
    };
    let connections = descriptors.saturating_sub(OTHER_DESCRIPTORS) / DESCRIPTORS_EACH;
    usize::try_from(connections).map_or(MOST, |connections| connections.clamp(1, MOST))
}

/// The number of descriptors that this process may have. `None` if the system does not say.
fn descriptors() -> Option<u64> {
    #[cfg(unix)]
    {
        let (soft, _) = rlimit::Resource::NOFILE.get().ok()?;
        Some(soft)
    }
    #[cfg(not(unix))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_stay_well_below_the_descriptors() {
        assert_eq!(most(Some(1024)), 496);
        assert_eq!(most(Some(256)), 112);
        assert_eq!(most(Some(0)), 1);
        for many in [Some(1 << 20), Some(u64::MAX), None] {
            assert_eq!(most(many), MOST);
        }
    }
}
