//! The log on the terminal. Lines are written on a thread of their own: a reader that has
//! left, or one that has stopped, holds up no request. Lines that it does not take are lost.
//!
//! Kept by hand: `tracing-appender` does the same, but prints its own failures to the
//! standard output, where a closed pipe is a panic.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing::Level;

/// How many lines wait for a slow reader.
const LINES: usize = 1024;
/// How long the end of the program waits for the last lines to be written.
const PATIENCE: Duration = Duration::from_millis(200);

/// The log of the program.
#[derive(Debug)]
pub(crate) struct Log(Lines);

/// An order to the thread.
#[derive(Debug)]
enum Order {
    Write(Vec<u8>),
    /// Tell when all before is written.
    Tell(SyncSender<()>),
}

impl Log {
    /// Logs to the standard error output from here on: warnings, and if it is verbose, every
    /// request.
    pub(crate) fn start(is_verbose: bool) -> Self {
        let (sender, orders) = sync_channel(LINES);
        std::thread::spawn(move || write_all(&orders, &mut io::stderr()));
        let lines = Lines(sender);
        let writer = lines.clone();
        let level = if is_verbose { Level::INFO } else { Level::WARN };
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .without_time()
            .with_ansi(io::stderr().is_terminal())
            .with_writer(move || writer.clone())
            .init();
        Self(lines)
    }

    /// Waits a moment for the lines so far to be written.
    pub(crate) fn flush(&self) {
        let (teller, told) = sync_channel(1);
        if self.0.0.try_send(Order::Tell(teller)).is_ok() {
            let _ = told.recv_timeout(PATIENCE);
        }
    }
}

/// Carries out the orders. A line that cannot be written is dropped.
fn write_all(orders: &Receiver<Order>, out: &mut impl Write) {
    for order in orders {
        match order {
            Order::Write(line) => {
                let _ = out.write_all(&line);
            }
            Order::Tell(teller) => {
                let _ = teller.send(());
            }
        }
    }
}

/// Takes lines for the thread.
#[derive(Debug, Clone)]
struct Lines(SyncSender<Order>);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Full, if the reader has stopped.
        let _ = self.0.try_send(Order::Write(line.to_vec()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_stopped_holds_nobody_up() {
        let (sender, orders) = sync_channel(1);
        let mut lines = Lines(sender);
        for _ in 0..3 {
            lines.write_all(b"line\n").expect("taken");
        }
        drop(lines);
        let mut written = Vec::new();
        write_all(&orders, &mut written);
        assert_eq!(written, b"line\n");
    }

    #[test]
    fn a_reader_that_has_left_ends_nothing() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (sender, orders) = sync_channel(4);
        let mut lines = Lines(sender.clone());
        lines.write_all(b"line\n").expect("taken");
        let (teller, told) = sync_channel(1);
        sender.send(Order::Tell(teller)).expect("taken");
        drop((sender, lines));
        write_all(&orders, &mut Closed);
        told.recv().expect("went on");
    }
}
