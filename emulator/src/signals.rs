//! The signals that end the program.

/// Starts listening at once. The future resolves when the user or the system wants the program to end.
#[cfg(unix)]
pub(crate) fn listen() -> impl Future<Output = ()> {
    use std::task::Poll;

    use tokio::signal::unix::{SignalKind, signal};

    let hangup = (!is_ignored(SignalKind::hangup())).then(SignalKind::hangup);
    let ending = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::quit(),
    ];
    let ending = ending.into_iter().chain(hangup);
    let mut signals: Vec<_> = ending.filter_map(|kind| signal(kind).ok()).collect();
    std::future::poll_fn(move |context| {
        let is_sent = signals
            .iter_mut()
            .any(|signal| signal.poll_recv(context).is_ready());
        if is_sent {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

/// Resolves when the user wants the program to end.
#[cfg(not(unix))]
pub(crate) async fn listen() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Whether the parent process made the program ignore a signal, as `nohup` does. Such a signal must not end it. Without
/// unsafe code this can be found out only on Linux, so elsewhere `nohup` has no effect.
#[cfg(unix)]
fn is_ignored(kind: tokio::signal::unix::SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores(&status, kind.as_raw_value())
}

/// Whether the mask of ignored signals in a process's status contains `signal`.
#[cfg(unix)]
fn ignores(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        let status = "Name:\tx\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert!(ignores(status, 1) && ignores(status, 13));
        assert!(!ignores(status, 2) && !ignores("", 1));
    }
}
