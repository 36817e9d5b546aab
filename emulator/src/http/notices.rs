//! Refusals, shown in the terminal: whoever develops a page looks there when it gets a 403.

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// The most lines that are shown. Origins are for others to choose, and must not fill a terminal.
const MOST: usize = 50;

/// The lines that were shown.
#[derive(Debug, Default)]
pub(super) struct Notices(Mutex<HashSet<String>>);

impl Notices {
    /// Shows a line, once.
    pub(super) fn show(&self, line: &str) {
        if self.add(line) {
            // Nobody may be reading.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// Whether a line is to be shown.
    fn add(&self, line: &str) -> bool {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
