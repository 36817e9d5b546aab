//! How far a call is.

use serde::{Deserialize, Serialize};

use super::status::{Log, Status};

/// How far a call is, phase by phase. Each report differs from the one before it.
///
/// Shares are those of **the phase**, from 0 to 1, and `None` if nothing tells.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Progress {
    /// Files of the input are sent.
    Uploading {
        /// Bytes sent.
        loaded: f64,
        /// Bytes to send.
        total: f64,
    },
    /// The request waits for its turn.
    Queued {
        /// The share of the line that is gone, of the line that the request was in at first.
        share: Option<f64>,
        /// Requests ahead of this one.
        queue_position: Option<u32>,
    },
    /// The model runs.
    Running {
        /// The share of the work, as the model's log lines name it in percent.
        share: Option<f64>,
    },
    /// The job has ended. Its result is fetched.
    Done,
    /// The service, or a proxy on the way to it, does not answer, or answers that it cannot now. The
    /// client tries again.
    Reconnecting {
        /// When the first try failed, in milliseconds since 1970.
        since_ms: f64,
    },
    /// There is no network. The call goes on when it is back.
    Offline {
        /// When a request first failed for it, in milliseconds since 1970.
        since_ms: f64,
    },
}

impl Progress {
    /// The share of the phase that is done, from 0 to 1, if anything tells.
    pub fn share(&self) -> Option<f64> {
        match *self {
            Self::Uploading { loaded, total } => (total > 0.0).then(|| loaded / total),
            Self::Queued { share, .. } | Self::Running { share } => share,
            Self::Done => Some(1.0),
            Self::Reconnecting { .. } | Self::Offline { .. } => None,
        }
    }
}

/// How long a request took, as seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timings {
    /// Milliseconds from the submit until the model began.
    pub queued_ms: f64,
    /// Milliseconds from there until the request was completed.
    pub ran_ms: f64,
    /// Both.
    pub total_ms: f64,
}

/// Reads the progress and the timings of one request from its statuses.
#[derive(Debug, Clone, Default)]
pub(super) struct Tracker {
    submitted_ms: f64,
    began_ms: Option<f64>,
    ended_ms: Option<f64>,
    first_position: Option<u32>,
    logs_read: usize,
    share: Option<f64>,
}

impl Tracker {
    /// The request is in the queue.
    pub(super) fn begin(&mut self, now_ms: f64) {
        self.submitted_ms = now_ms;
    }

    /// Takes a status with all the logs so far.
    pub(super) fn read(&mut self, status: &Status, now_ms: f64) -> Progress {
        if !matches!(status, Status::InQueue { .. }) {
            self.began_ms.get_or_insert(now_ms);
        }
        match status {
            Status::Completed { .. } => {
                self.ended_ms.get_or_insert(now_ms);
                Progress::Done
            }
            Status::InQueue { queue_position } => Progress::Queued {
                share: queue_position.and_then(|position| self.share_of_line(position)),
                queue_position: *queue_position,
            },
            _ => {
                self.read_logs(status.logs());
                Progress::Running { share: self.share }
            }
        }
    }

    /// How long the request took until now.
    pub(super) fn timings(&self, now_ms: f64) -> Timings {
        let began = self.began_ms.unwrap_or(self.submitted_ms);
        let ended = self.ended_ms.unwrap_or(now_ms);
        Timings {
            queued_ms: began - self.submitted_ms,
            ran_ms: ended - began,
            total_ms: ended - self.submitted_ms,
        }
    }

    fn share_of_line(&mut self, position: u32) -> Option<f64> {
        let first = *self.first_position.get_or_insert(position);
        if position < first {
            Some(1.0 - f64::from(position) / f64::from(first))
        } else {
            (first > 0).then_some(0.0)
        }
    }

    /// Reads the newest log lines. The share never goes back.
    fn read_logs(&mut self, logs: &[Log]) {
        for log in logs.get(self.logs_read..).unwrap_or_default() {
            for percent in percents(&log.message) {
                let share = (percent / 100.0).min(1.0);
                self.share = Some(self.share.map_or(share, |known| known.max(share)));
            }
        }
        self.logs_read = logs.len();
    }
}

/// The numbers before a `%`, with or without a space between. Of more than three digits before the
/// point, the last three count.
fn percents(text: &str) -> impl Iterator<Item = f64> {
    let mut parts: Vec<&str> = text.split('%').collect();
    // Nothing follows the last part.
    parts.pop();
    parts.into_iter().filter_map(|part| {
        let part = part.strip_suffix(' ').unwrap_or(part);
        let is_number = |character: char| character.is_ascii_digit() || character == '.';
        let start = part
            .rfind(|character| !is_number(character))
            .map_or(0, |at| {
                at + part
                    .get(at..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8)
            });
        let number = part.get(start..)?;
        let (whole, fraction) = number
            .rsplit_once('.')
            .map_or((number, ""), |(whole, fraction)| {
                (whole.rsplit('.').next().unwrap_or_default(), fraction)
            });
        let whole = whole.get(whole.len().saturating_sub(3)..)?;
        [whole, ".", fraction, "0"]
            .concat()
            .parse()
            .ok()
            .filter(|_| !whole.is_empty())
    })
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    fn in_queue(position: u32) -> Status {
        Status::InQueue {
            queue_position: Some(position),
        }
    }

    fn running(lines: &[&str]) -> Status {
        let logs = lines.iter().map(|line| Log {
            message: (*line).into(),
            timestamp: None,
            level: None,
        });
        Status::InProgress {
            logs: logs.collect(),
        }
    }

    #[test]
    fn the_share_of_the_line_counts_from_the_first_position() {
        let mut tracker = Tracker::default();
        assert_eq!(tracker.read(&in_queue(4), 0.0).share(), Some(0.0));
        assert_eq!(tracker.read(&in_queue(1), 0.0).share(), Some(0.75));
        assert_eq!(tracker.read(&in_queue(9), 0.0).share(), Some(0.0));
        assert_eq!(Tracker::default().read(&in_queue(0), 0.0).share(), None);
    }

    #[test]
    fn the_share_of_a_run_is_what_log_lines_name_and_never_goes_back() {
        let mut tracker = Tracker::default();
        let mut share = |lines: &[&str]| tracker.read(&running(lines), 0.0).share();
        assert_eq!(share(&["loading"]), None);
        assert_eq!(share(&["loading", "step 1: 20%|##"]), Some(0.2));
        assert_eq!(
            share(&["loading", "step 1: 20%|##", "5 % of the next"]),
            Some(0.2)
        );
        assert_eq!(share(&["a", "b", "c", "62.5% done, then 400%"]), Some(1.0));
    }

    #[test]
    fn percents_are_found_wherever_they_stand() {
        let all = |text| percents(text).collect::<Vec<_>>();
        assert_eq!(all("50%"), [50.0]);
        assert_eq!(all("é7.25 % and 1250%"), [7.25, 250.0]);
        assert_eq!(all("%, no % number 5"), [0.0; 0]);
    }

    #[test]
    fn timings_add_up() {
        let mut tracker = Tracker::default();
        tracker.begin(100.0);
        tracker.read(&in_queue(1), 150.0);
        tracker.read(&running(&[]), 300.0);
        let completed = Status::from(serde_json::json!({ "status": "COMPLETED" }));
        assert_eq!(tracker.read(&completed, 700.0), Progress::Done);
        let timings = tracker.timings(900.0);
        assert_eq!(
            (timings.queued_ms, timings.ran_ms, timings.total_ms),
            (200.0, 400.0, 600.0)
        );
    }
}
