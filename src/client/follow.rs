//! Follows a request by the stream of its statuses (§5.4), if the route carries one.

use std::{cell::Cell, rc::Rc, sync::Arc};

use serde_json::Value;

use super::{
    config::Config,
    events::EventReader,
    exchanged::Exchanged,
    facts,
    handle::RequestHandle,
    http::{Parts, exchange},
    known::is_known,
    loss::Loss,
    page,
    plan::{Perform, Plan},
    reply::{Content, Reply},
    reporter::{Reporter, Times},
    routes::{Route, most_streams},
    status::{Status, with_all_logs},
};
use crate::{
    answer::is_followed_status,
    engine::{Access, Freshness, Goal, Notice, Send, Settings, Standing},
    host::is_fal_url,
    protocol::{Operation, QueueStatus},
};

/// Milliseconds without a byte until a status stream gives way.
const IDLE_MS: f64 = 45_000.0;
/// The service sends the first status at once: by then a stream has begun, or is held back.
const FIRST_MS: f64 = 2_000.0;
/// If a stream is cut so often, it is no way to follow a request.
const TRIES: u32 = 2;
/// Milliseconds without a new status until a poll checks the stream.
const QUIET_MS: f64 = 60_000.0;
/// A page that goes away has its connections cut, and should open no others.
const LEAVING_MS: f64 = 300.0;

/// Follows one request by streams.
pub(super) struct Follower {
    config: Arc<Config>,
    route: Rc<Route>,
    reporter: Rc<Reporter>,
    logs: bool,
    settings: Settings,
    /// Performs the polls that check a stream.
    perform: Perform,
    tries: Cell<u32>,
    /// Streams failed. If polling works, they are at fault.
    is_doubted: Cell<bool>,
    /// A try got no answer since the last stream was opened: the network may be at fault.
    is_lost: Cell<bool>,
}

/// The end of one stream.
enum Ended {
    /// After a status, the last one.
    After(Standing),
    /// No status came. `is_refused`: the server knows no such stream, and another try is of no use.
    Empty { is_refused: bool },
    /// It could not be opened: there was no answer.
    Unopened(Loss),
}

impl Follower {
    pub(super) fn new(
        config: &Arc<Config>,
        settings: &Settings,
        reporter: Rc<Reporter>,
        perform: Perform,
    ) -> Self {
        Self {
            route: Route::named(config.route_name()),
            config: config.clone(),
            reporter,
            logs: settings.logs,
            settings: Settings {
                retry: settings.retry,
                ..Settings::default()
            },
            perform,
            tries: Cell::new(TRIES),
            is_doubted: Cell::new(false),
            is_lost: Cell::new(false),
        }
    }

    /// Takes news about the connection.
    pub(super) fn notice(&self, notice: Notice) {
        if notice == Notice::Retrying {
            self.is_lost.set(true);
        }
    }

    /// A poll gave a status: it shows whether streams that failed were at fault.
    pub(super) fn notice_status(&self) {
        if self.is_doubted.take() {
            let now = page::clock_ms();
            if self.is_lost.get() {
                self.route.suspect(now);
            } else {
                self.route.close(now);
            }
        }
    }

    /// Reads the stream at this URL, again if it is cut: the last status, if there was one. It fails if the stream
    /// cannot be opened for lack of an answer.
    pub(super) async fn follow(
        &self,
        url: String,
        access: Access,
        request_id: String,
        handle: RequestHandle,
    ) -> Result<Option<Standing>, Loss> {
        let mut last = None;
        while self.tries.get() > 0 && self.route.is_open(page::clock_ms()) {
            let Some(_room) = self.route.enter(self.most_streams(&url)) else {
                return Ok(last);
            };
            self.is_lost.set(false);
            let ended = self.read_stream(&url, access, &request_id, &handle).await;
            self.is_doubted.set(false);
            match ended {
                Ended::Unopened(loss) => {
                    // The engine opens it again, or polls.
                    self.is_doubted.set(true);
                    page::sleep(LEAVING_MS).await;
                    return Err(loss);
                }
                Ended::After(standing) => {
                    self.route.trust();
                    last = Some(standing);
                    if standing.status == QueueStatus::Completed {
                        return Ok(last);
                    }
                    self.lose_try();
                }
                Ended::Empty { is_refused: true } => self.tries.set(0),
                Ended::Empty { is_refused: false } => self.lose_try(),
            }
            if self.tries.get() > 0 || last.is_some() {
                page::sleep(LEAVING_MS).await;
            }
        }
        self.is_doubted.set(self.tries.get() == 0);
        Ok(last)
    }

    /// A stream was cut, or held back.
    fn lose_try(&self) {
        self.tries.set(self.tries.get() - 1);
        self.reporter
            .report_notice(Notice::Retrying, page::is_offline(), Times::now());
    }

    fn most_streams(&self, url: &str) -> u32 {
        let route = self.config.proxy_url.as_deref().unwrap_or(url);
        most_streams(is_fal_url(route), page::protocol_of(route).as_deref())
    }

    async fn read_stream(
        &self,
        url: &str,
        access: Access,
        request_id: &str,
        handle: &RequestHandle,
    ) -> Ended {
        let opened = page::within(Some(FIRST_MS), self.open(url, access)).await;
        let mut events = match opened {
            Some(Ok(events)) => events,
            Some(Err(ended)) => return ended,
            None => return Ended::Empty { is_refused: false },
        };
        let mut last: Option<Standing> = None;
        let mut logs = Vec::new();
        let mut seen: Option<String> = None;
        let mut news_ms = page::clock_ms();
        let ended = |last: Option<Standing>| match last {
            Some(standing) => Ended::After(standing),
            None => Ended::Empty { is_refused: false },
        };
        loop {
            let idle_ms = if last.is_some() { IDLE_MS } else { FIRST_MS };
            let quiet_ms = news_ms + QUIET_MS - page::clock_ms();
            let text = match page::within(Some(quiet_ms), events.next(idle_ms)).await {
                None => {
                    news_ms = page::clock_ms();
                    match self.cross_check(handle, last.as_ref()).await {
                        Some(standing) => return Ended::After(standing),
                        None => continue,
                    }
                }
                Some(Ok(Some(text))) => text,
                Some(Ok(None) | Err(_)) => return ended(last),
            };
            let reply = Reply {
                content: Content::read("application/json", text.clone().into_bytes(), true),
                ..Reply::default()
            };
            if !is_followed_status(facts::answer_facts(&reply, Some(request_id), is_known)) {
                // A login page is no stream of statuses, nor is that of another request.
                if last.is_none() {
                    return Ended::Empty { is_refused: true };
                }
                continue;
            }
            if seen.as_ref() != Some(&text) {
                news_ms = page::clock_ms();
                seen = Some(text);
            }
            let Some(status) = reply.content.json() else {
                continue;
            };
            let standing = facts::standing(status);
            last = Some(standing);
            self.report(with_all_logs(status.clone(), &mut logs));
            if standing.status == QueueStatus::Completed {
                return Ended::After(standing);
            }
        }
    }

    fn report(&self, status: Value) {
        self.reporter
            .report_status(Status::from(status), Times::now());
    }

    /// Opens the stream, or says how it ended at once.
    async fn open(&self, url: &str, access: Access) -> Result<EventReader, Ended> {
        let send = Send {
            operation: Operation::StreamByGet,
            url: url.into(),
            access,
            body: None,
            deadline_ms: None,
            freshness: Freshness::Usual,
        };
        let accept = "application/json, text/event-stream";
        let parts = Parts {
            headers: vec![("Accept".into(), accept.into())],
            ..Parts::default()
        };
        match exchange(&self.config, &send, &parts, || false).await {
            Exchanged::Answered(reply, Some(body)) if is_event_stream(&reply) => {
                Ok(EventReader::new(body))
            }
            Exchanged::Lost(loss) => Err(Ended::Unopened(loss)),
            Exchanged::Answered(..) | Exchanged::Refused(_) | Exchanged::Threw(_) => {
                Err(Ended::Empty { is_refused: true })
            }
        }
    }

    /// A stream may stay open and say nothing new, though its request has gone on. A poll finds that
    /// out: the status, if the stream was behind.
    async fn cross_check(
        &self,
        handle: &RequestHandle,
        last: Option<&Standing>,
    ) -> Option<Standing> {
        let plan = Plan {
            config: self.config.clone(),
            goal: Goal::Only(Operation::Status),
            target: handle.target(),
            settings: Settings {
                logs: self.logs,
                ..self.settings.clone()
            },
            parts: Parts::default(),
            endpoint_id: handle.endpoint_id.clone(),
            handle: Some(handle.clone()),
        };
        // A poll that fails says nothing of a stream that is alive.
        let outcome = (self.perform)(plan).await.ok()?;
        let status = outcome.reply.content.json()?;
        let standing = facts::standing(status);
        is_ahead(&standing, last).then(|| {
            self.report(status.clone());
            standing
        })
    }
}

fn is_event_stream(reply: &Reply) -> bool {
    let content_type = reply.headers.content_type.to_ascii_lowercase();
    content_type.starts_with("text/event-stream")
}

/// Whether a status is later than another one of the same request.
fn is_ahead(status: &Standing, other: Option<&Standing>) -> bool {
    let place = |standing: &Standing| match standing.status {
        QueueStatus::Unknown => 0,
        QueueStatus::InQueue => 1,
        QueueStatus::InProgress => 2,
        QueueStatus::Completed => 3,
    };
    let Some(other) = other else {
        return true;
    };
    place(status) > place(other)
        || (place(status) == place(other) && status.position < other.position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(status: QueueStatus, position: f64) -> Standing {
        Standing {
            status,
            position,
            has_failed: false,
        }
    }

    #[test]
    fn a_later_status_or_a_shorter_line_is_ahead() {
        let queued = standing(QueueStatus::InQueue, 3.0);
        let running = standing(QueueStatus::InProgress, 0.0);
        assert!(is_ahead(&running, Some(&queued)) && !is_ahead(&queued, Some(&running)));
        assert!(is_ahead(
            &standing(QueueStatus::InQueue, 2.0),
            Some(&queued)
        ));
        assert!(!is_ahead(&queued, Some(&queued)) && is_ahead(&queued, None));
    }
}
