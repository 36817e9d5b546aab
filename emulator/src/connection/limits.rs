//! How many connections there may be, and how long each may keep the emulator waiting.

use std::time::Duration;

/// The most connections, where the system would allow more.
const MOST: usize = 1024;
/// Descriptors that are not for connections: the listener, the terminal, the lock file, files
/// that jobs write.
const OTHER_DESCRIPTORS: u64 = 32;
/// A connection, and the file or the upstream that it leads to.
const DESCRIPTORS_EACH: u64 = 2;

/// The limits on connections. The defaults are those of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How long a request's head may take, from its first byte on.
    pub head: Duration,
    /// How long a request's body may bring nothing while it is read, and an answer may wait
    /// for its reader to take a byte.
    pub silence: Duration,
    /// How long a connection may be open without a request.
    pub keep_alive: Duration,
    /// How many connections there may be. When one more comes, the idlest is closed.
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

/// How many connections so many descriptors allow.
fn most(descriptors: Option<u64>) -> usize {
    let Some(descriptors) = descriptors else {
        return MOST;
    };
    let connections = descriptors.saturating_sub(OTHER_DESCRIPTORS) / DESCRIPTORS_EACH;
    usize::try_from(connections).map_or(MOST, |connections| connections.clamp(1, MOST))
}

/// How many descriptors this process may have; `None` where the system does not say.
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
