//! The line of waiting jobs: the next job to start, and the number of jobs before each. Pure.

use std::collections::VecDeque;

/// The priority of a job, which decides which of the two lines it joins (protocol §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    Normal,
    /// Behind all normal jobs, including those that join later.
    Low,
}

/// The waiting jobs, and the slots that they wait for.
#[derive(Debug)]
pub(crate) struct Line {
    slots: usize,
    free_slots: usize,
    normal: VecDeque<String>,
    low: VecDeque<String>,
}

impl Line {
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            slots,
            free_slots: slots,
            normal: VecDeque::new(),
            low: VecDeque::new(),
        }
    }

    /// Puts a job at the end of its line.
    pub(crate) fn join(&mut self, id: &str, priority: Priority) {
        match priority {
            Priority::Normal => self.normal.push_back(id.to_owned()),
            Priority::Low => self.low.push_back(id.to_owned()),
        }
    }

    /// Removes a job from its line.
    pub(crate) fn leave(&mut self, id: &str) {
        self.normal.retain(|waiting| waiting != id);
        self.low.retain(|waiting| waiting != id);
    }

    /// Removes the next job from the line, if there are a job and a free slot. It holds the slot until [`Line::free`].
    pub(crate) fn next(&mut self) -> Option<String> {
        let left = self.free_slots.checked_sub(1)?;
        let id = self.normal.pop_front().or_else(|| self.low.pop_front())?;
        self.free_slots = left;
        Some(id)
    }

    /// Gives a slot back.
    pub(crate) fn free(&mut self) {
        self.free_slots += 1;
    }

    /// Whether any slot is held.
    pub(crate) fn is_working(&self) -> bool {
        self.free_slots < self.slots
    }

    /// The number of jobs before this one. `None` if it is not in line.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.ids().position(|waiting| waiting == id)
    }

    /// The ids of the jobs in line, in their order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.normal.iter().chain(&self.low).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(slots: usize, ids: &[&str]) -> Line {
        let mut line = Line::new(slots);
        for id in ids {
            line.join(id, Priority::Normal);
        }
        line
    }

    #[test]
    fn as_many_jobs_are_taken_as_there_are_slots() {
        let mut line = line(2, &["a", "b", "c"]);
        assert_eq!(line.next().as_deref(), Some("a"));
        assert_eq!(line.next().as_deref(), Some("b"));
        assert_eq!(line.next(), None);
        line.free();
        assert_eq!(line.next().as_deref(), Some("c"));
        line.free();
        assert_eq!(line.next(), None);
    }

    #[test]
    fn positions_count_the_jobs_ahead_and_move_up() {
        let mut line = line(1, &["a", "b", "c"]);
        assert_eq!(line.position("c"), Some(2));
        line.next();
        assert_eq!(line.position("a"), None);
        assert_eq!(line.position("c"), Some(1));
        line.leave("b");
        assert_eq!(line.position("c"), Some(0));
        assert_eq!(line.ids().collect::<Vec<_>>(), ["c"]);
    }

    #[test]
    fn low_priority_waits_behind_everything_normal() {
        let mut line = line(1, &["a"]);
        line.join("low", Priority::Low);
        line.join("b", Priority::Normal);
        assert_eq!(line.position("low"), Some(2));
        let mut order = Vec::new();
        while let Some(id) = line.next() {
            line.free();
            order.push(id);
        }
        assert_eq!(order, ["a", "b", "low"]);
    }
}
