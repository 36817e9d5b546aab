//! The jobs in the form that the inspector shows, and a cancel by hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::entry::Entry;
use super::follow;
use super::job::{Job, LogLine, Stage};
use super::jobs::Jobs;

/// The state of a job at one moment.
#[derive(Debug)]
pub(crate) struct JobView {
    pub(crate) request_id: String,
    pub(crate) endpoint: String,
    pub(crate) submitted: Instant,
    pub(crate) stage: StageView,
    pub(crate) log_lines: usize,
    pub(crate) last_line: Option<String>,
}

/// The stage of a job.
#[derive(Debug)]
pub(crate) enum StageView {
    /// In line, with this number of jobs before it.
    Waiting {
        ahead: usize,
    },
    Working {
        since: Instant,
    },
    Done {
        worked: Duration,
        status: StatusCode,
        error: Option<String>,
        error_type: Option<&'static str>,
    },
}

/// A job with its log and its result.
#[derive(Debug)]
pub(crate) struct JobDetail {
    pub(crate) view: JobView,
    pub(crate) logs: Vec<LogLine>,
    pub(crate) result: Option<ResultView>,
}

/// The answer of the result call.
#[derive(Debug)]
pub(crate) struct ResultView {
    /// `None` for JSON.
    pub(crate) content_type: Option<String>,
    pub(crate) body: Value,
}

impl Jobs {
    /// The latest jobs, the newest first.
    pub(crate) fn latest(&self, most: usize) -> Vec<JobView> {
        let entries = self.all();
        let places: HashMap<String, usize> = {
            let line = self.line();
            let ids = line.ids().enumerate();
            ids.map(|(ahead, id)| (id.to_owned(), ahead)).collect()
        };
        let view = |entry: &Arc<Entry>| {
            let ahead = places.get(&entry.id).copied().unwrap_or(0);
            entry.with_job(|job| view(entry, job, ahead))
        };
        entries.iter().rev().take(most).map(view).collect()
    }

    /// A job with its log and its result.
    pub(crate) fn detail(&self, request_id: &str) -> Option<JobDetail> {
        let entry = self.find(request_id)?;
        let ahead = self.line().position(request_id).unwrap_or(0);
        Some(entry.with_job(|job| JobDetail {
            view: view(&entry, job, ahead),
            logs: job.logs().to_vec(),
            result: match job.stage() {
                Stage::Done { outcome, .. } => {
                    Some(
                        ResultView {
                            content_type:
                                outcome.content_type.as_ref().map(|kind| {
                                    String::from_utf8_lossy(kind.as_bytes()).into_owned()
                                }),
                            body: outcome.body.clone(),
                        },
                    )
                }
                _ => None,
            },
        }))
    }
}

/// Cancels a job as its caller would. `None` if there is no such job.
pub(crate) fn cancel(jobs: &Jobs, request_id: &str) -> Option<Response> {
    let entry = jobs.find(request_id)?;
    Some(follow::cancel(jobs, &entry))
}

fn view(entry: &Entry, job: &Job, ahead: usize) -> JobView {
    let logs = job.logs();
    JobView {
        request_id: entry.id.clone(),
        endpoint: entry.endpoint.clone(),
        submitted: entry.submitted,
        stage: match job.stage() {
            Stage::Waiting => StageView::Waiting { ahead },
            Stage::Working { since } => StageView::Working { since: *since },
            Stage::Done { worked, outcome } => StageView::Done {
                worked: *worked,
                status: outcome.status,
                error: outcome.error.as_ref().map(|failure| failure.text.clone()),
                error_type: outcome.error.as_ref().and_then(|failure| failure.kind),
            },
        },
        log_lines: logs.len(),
        last_line: logs.last().map(|line| line.message.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::super::line::Priority;
    use super::*;
    use crate::protocol::{Origin, Outcome};

    fn entry(jobs: &Jobs, endpoint: &str) -> Arc<Entry> {
        let origin = Origin::at(([127, 0, 0, 1], 1).into());
        let entry = Arc::new(Entry::new(endpoint, origin, Map::new()));
        jobs.add(&entry);
        entry
    }

    #[test]
    fn jobs_are_seen_the_newest_first_with_their_place_in_line() {
        let jobs = Jobs::new(1, u64::MAX);
        let [first, second, third] = ["a/1", "a/2", "a/3"].map(|id| entry(&jobs, id));
        for job in [&first, &second] {
            jobs.line().join(&job.id, Priority::Normal);
        }
        third.log("Ready");
        third.finish(Outcome::output(json!({"seed": 1}), 1.0));
        let seen = jobs.latest(2);
        let endpoints: Vec<_> = seen.iter().map(|job| job.endpoint.as_str()).collect();
        assert_eq!(endpoints, ["a/3", "a/2"]);
        assert!(matches!(seen[0].stage, StageView::Done { .. }));
        assert_eq!(seen[0].last_line.as_deref(), Some("Ready"));
        assert!(matches!(seen[1].stage, StageView::Waiting { ahead: 1 }));
    }

    #[test]
    fn a_detail_has_the_result_once_there_is_one() {
        let jobs = Jobs::new(1, u64::MAX);
        let job = entry(&jobs, "a/b");
        let before = jobs.detail(&job.id).expect("the job");
        assert!(before.result.is_none());
        job.finish(Outcome::output(json!({"seed": 1}), 1.0));
        let result = jobs.detail(&job.id).expect("the job").result;
        assert_eq!(result.expect("a result").body, json!({"seed": 1}));
        assert!(jobs.detail("no such job").is_none());
    }
}
