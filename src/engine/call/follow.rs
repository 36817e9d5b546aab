//! How a call follows its request to the end: by its status stream, or by polls.

use std::mem::take;

use super::{Call, State, news::News};
use crate::{
    engine::{Access, Fault, Freshness, Goal, Next, Now, Rejection, Standing, step::open},
    follow,
    protocol::Operation,
    retry::Failure,
};

impl Call {
    pub(super) fn follow(&mut self, now: Now) -> Result<Next, Rejection> {
        self.began_ms.get_or_insert(now.ms);
        if self.settings.polls_only {
            return self.poll(now);
        }
        self.operation = Operation::StreamByGet;
        self.attempt = 0;
        self.open_stream()
    }

    pub(super) fn open_stream(&mut self) -> Result<Next, Rejection> {
        let url = self.status_stream_url()?;
        let access = Access::of(&url);
        self.state = State::Streaming;
        Ok(Next::FollowStream { url, access })
    }

    /// Opens the stream again after it could not be opened. If that fails too often, polls go on.
    pub(super) fn retry_stream(
        &mut self,
        is_offline: bool,
        is_unsent: bool,
        now: Now,
    ) -> Result<Next, Rejection> {
        let failure = Failure::Network {
            is_offline,
            is_unsent,
        };
        if let Ok(next) = self.retry(open(Fault::Network), failure, false, now) {
            self.state = State::WaitingToStream;
            return Ok(next);
        }
        self.settings.polls_only = true;
        self.poll(now)
    }

    pub(super) fn poll(&mut self, now: Now) -> Result<Next, Rejection> {
        let since = *self.news.since_ms.get_or_insert(now.ms);
        if self.freshness == Freshness::Usual && now.ms - since > follow::QUIET_MS {
            self.freshness = Freshness::OwnUrls;
            self.news.is_cross_check = true;
        }
        self.ask(match self.settings.poll_interval_ms {
            None => Operation::Poll,
            Some(_) => Operation::PollAtInterval,
        })
    }

    /// Notes whether the status is news. If a cross-check brought none, caches are fine.
    pub(super) fn note_news(&mut self, now: Now) {
        let Standing {
            status, position, ..
        } = self.standing;
        // Positions are whole numbers.
        let has_moved = (position - self.news.position).abs() >= 1.0;
        let is_new = status != self.news.status || has_moved;
        let was_cross_check = take(&mut self.news.is_cross_check);
        if was_cross_check && !is_new && self.freshness == Freshness::OwnUrls {
            self.freshness = Freshness::Usual;
        }
        if was_cross_check || is_new {
            self.news = News {
                since_ms: Some(now.ms),
                status,
                position,
                is_cross_check: false,
            };
        }
    }

    pub(super) fn wait_to_poll(&mut self, now: Now) -> Next {
        let ms = match self.settings.poll_interval_ms {
            Some(given) => follow::poll_interval_ms(given),
            None => follow::poll_delay_ms(
                now.ms - self.began_ms.unwrap_or(now.ms),
                self.standing.position,
                now.is_hidden,
                now.random,
            ),
        };
        self.state = State::WaitingToPoll;
        Next::Wait {
            ms,
            may_end_early: true,
        }
    }

    pub(super) fn complete(&mut self) -> Result<Next, Rejection> {
        if self.goal == Goal::Follow {
            return Ok(self.end());
        }
        self.ask(Operation::FollowedResult)
    }
}
