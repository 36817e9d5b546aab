//! Advice about refused requests, printed in the terminal: a developer whose page is refused something looks there.

use std::collections::HashSet;
use std::io::Write;

use parking_lot::Mutex;

/// The most lines that are printed. Strangers choose words in them, and must not be able to fill the terminal.
const MOST: usize = 50;

/// The lines that were printed.
#[derive(Debug, Default)]
pub(crate) struct Notices(Mutex<HashSet<String>>);

impl Notices {
    /// Prints a line, unless it was printed before.
    pub(crate) fn show(&self, line: &str) {
        if self.add(line) {
            // Fails if the reader of a pipe has left, which must not stop the emulator.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// Adds a line. `false` if it was there already, or if there are too many.
    fn add(&self, line: &str) -> bool {
        let mut shown = self.0.lock();
        shown.len() < MOST && shown.insert(line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_once_and_not_endlessly_many_are() {
        let notices = Notices::default();
        assert!(notices.add("refused a"));
        assert!(!notices.add("refused a"));
        let shown = (0..1000).filter(|n| notices.add(&format!("refused {n}")));
        assert_eq!(shown.count(), MOST - 1);
    }
}
