//! The log on the terminal. A separate thread writes the lines, so that a reader of a pipe that has left or stopped
//! delays no request. Lines that the reader does not take are lost.
//!
//! `tracing-appender` would do the same, but prints its own failures to the standard output, and panics if that is a
//! closed pipe.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing::Level;

/// The most lines that wait for a slow reader.
const LINES: usize = 1024;
/// How long the program waits at its end until the last lines are written.
const PATIENCE: Duration = Duration::from_millis(200);

/// The log of the program, which can be flushed.
#[derive(Debug)]
pub(crate) struct Log(Lines);

/// An order to the writing thread.
#[derive(Debug)]
enum Order {
    Write(Vec<u8>),
    /// Reply when all earlier lines are written.
    Tell(SyncSender<()>),
}

impl Log {
    /// Starts logging to the standard error output: warnings, and if `is_verbose`, every request.
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

    /// Waits until the lines so far are written, for at most [`PATIENCE`].
    pub(crate) fn flush(&self) {
        let (teller, told) = sync_channel(1);
        if self.0.0.try_send(Order::Tell(teller)).is_ok() {
            let _ = told.recv_timeout(PATIENCE);
        }
    }
}

/// Carries out the orders. Drops a line that cannot be written.
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

/// Sends lines to the writing thread.
#[derive(Debug, Clone)]
struct Lines(SyncSender<Order>);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Fails if the queue is full because the reader has stopped: the line is lost.
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
