//! The operations of the public API, as one flow: each begins at a phase of the protocol, and
//! goes on to the next or ends there. `subscribe` begins with a submit and goes through all.

use std::{mem::take, rc::Rc};

use wasm_bindgen::{JsCast, JsValue};

use super::{
    Error, Options,
    call::{Phase, endpoint},
    http::{called, has_failed},
    request::Request,
    task::{Freshness, News, Task, Waits},
    texts::Text,
    watch::{is_hidden, now, pause},
};
use crate::{
    endpoint::EndpointId,
    follow::{self, Step},
};

/// An operation of the public API.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "npm"), allow(dead_code))] // the typed client follows what it submitted
pub(crate) enum Kind {
    /// Submits a request, follows it and fetches its result.
    Subscribe,
    /// Follows a request that was submitted before, and fetches its result.
    Resume,
    /// Follows a request that was submitted before: its last status.
    Follow,
    /// One call: see [`Phase`].
    Once(Phase),
}

impl Kind {
    /// The call that it begins with, unless it follows a request.
    fn first(self) -> Option<Phase> {
        match self {
            Self::Once(phase) => Some(phase),
            Self::Subscribe => Some(Phase::Submit),
            Self::Resume | Self::Follow => None,
        }
    }

    /// Whether the caller's `timeout` counts from its beginning: uploads before a submit
    /// don't count.
    pub(super) fn has_clock(self) -> bool {
        self.first().is_none_or(|phase| phase == Phase::Submit)
    }
}

impl Task {
    /// Goes on with what came of what the call waited for: the promise to wait for now, or, when
    /// it is [over](Waits::Over), what came of the call.
    pub(super) fn step(&mut self, outcome: Result<JsValue, JsValue>) -> Result<JsValue, Error> {
        match (self.waits, outcome) {
            (Waits::Start, watch) => {
                self.watch = watch.unwrap_or_default().unchecked_into();
                self.start()
            }
            (Waits::Routed | Waits::Answered, Err(thrown)) => {
                self.failed(thrown, &Options::default())
            }
            (Waits::Routed, Ok(request)) => self.exchange(&request),
            (Waits::Answered, Ok(answer)) => self.answered(Options::new(answer)),
            (Waits::Retry, _) => self.send(),
            (Waits::Noted, outcome) => {
                self.heard(outcome)?;
                if self.is_abandoned {
                    return Err(Error::new(Text::Aborted));
                }
                if self.kind == Kind::Subscribe {
                    return self.follow();
                }
                Ok(self.end())
            }
            (Waits::Streamed, outcome) => {
                // The last status that it said, if any: a stream that ended early has lost nothing.
                self.last = Options::new(self.heard(outcome)?);
                self.is_acknowledged |= self.last.has(Text::Status);
                match self.after_status() {
                    Step::FetchResult => self.completed(),
                    _ => self.poll_status(),
                }
            }
            (Waits::Told, outcome) => {
                self.heard(outcome)?;
                match self.after_status() {
                    Step::Wait => Ok(self.pause()),
                    Step::FetchResult => self.completed(),
                    Step::Unknown => Err(Error::unexpected(Text::Status, Text::NoStatus)),
                }
            }
            (Waits::Paused, _) => self.follow(),
            (Waits::Over, _) => Ok(JsValue::UNDEFINED),
        }
    }

    fn start(&mut self) -> Result<JsValue, Error> {
        let first = self.kind.first();
        if !matches!(first, Some(Phase::Storage(_))) {
            let endpoint = endpoint(&self.subject)?;
            if first.is_none_or(|phase| phase.is_of_request(&self.options)) {
                self.request = Some(Request::named(endpoint.clone(), &self.options)?);
            }
            self.endpoint = Some(endpoint);
        }
        // Its caller is the only one to wait for it, as after a submit.
        self.owns_request = self.kind == Kind::Resume;
        match first {
            Some(phase) => self.ask(phase),
            None => self.follow(),
        }
    }

    /// Goes on with the good answer to a call of this phase.
    pub(super) fn accept(&mut self, answer: Options) -> Result<JsValue, Error> {
        match self.phase {
            Phase::Submit => {
                let reply = answer.options(Text::Body);
                self.submitted(&reply)?;
                self.last = answer;
                self.waits = Waits::Noted;
                Ok(self.tell(Text::OnSubmitted, reply.as_js()))
            }
            Phase::Follow => {
                self.last = answer.options(Text::Body);
                self.is_acknowledged = true;
                self.note_news();
                self.waits = Waits::Told;
                Ok(self.tell(Text::OnQueueUpdate, self.last.as_js()))
            }
            Phase::Result if !matches!(self.kind, Kind::Once(_)) => self.succeeded(answer),
            _ => {
                self.last = answer;
                Ok(self.end())
            }
        }
    }

    /// The call ends with what it has.
    fn end(&mut self) -> JsValue {
        self.waits = Waits::Over;
        take(&mut self.last).into_js()
    }

    /// Takes the request that was submitted. Nobody may be left to wait for it.
    fn submitted(&mut self, reply: &Options) -> Result<(), Error> {
        self.request = Request::of_reply(self.endpoint()?.clone(), reply);
        self.owns_request = !self.is_detached;
        self.is_acknowledged = self.request.is_some();
        // Some proxies answer 200 whatever the service said. What a caller's own handler makes
        // of the reply is theirs to know.
        if self.request.is_none() && !self.config.0.has(Text::ResponseHandler) {
            return Err(no_request_id().with(Text::Body, reply.as_js()));
        }
        Ok(())
    }

    /// Follows the request: JavaScript knows whether the path to the server carries a stream.
    fn follow(&mut self) -> Result<JsValue, Error> {
        self.began.get_or_insert_with(now);
        let request = self.request()?;
        let followed = Options::empty();
        let url = request.status_stream_url(&self.options);
        followed.set(Text::Url, url.into());
        followed.set(Text::StatusUrl, request.status_base_url().into());
        followed.set(Text::RequestId, request.id.as_str().into());
        self.waits = Waits::Streamed;
        Ok(self.tell(Text::FollowStream, followed.as_js()))
    }

    /// Asks for the status. When there was nothing new for long, no cache may answer.
    fn poll_status(&mut self) -> Result<JsValue, Error> {
        let since = *self.news.at.get_or_insert_with(now);
        if self.freshness == Freshness::Usual && now() - since > follow::QUIET_MS {
            self.freshness = Freshness::OwnUrls;
            self.news.is_cross_checked = true;
        }
        self.ask(Phase::Follow)
    }

    /// Notes whether the last status is news. If a cross-check found none, caches are fine.
    fn note_news(&mut self) {
        let status = self.last.text(Text::Status).unwrap_or_default();
        let position = self.last.number(Text::QueuePosition).unwrap_or_default();
        // Positions are whole numbers.
        let has_moved = (position - self.news.position).abs() >= 1.0;
        let is_new = status != self.news.status || has_moved;
        let was_checked = take(&mut self.news.is_cross_checked);
        if was_checked && !is_new && self.freshness == Freshness::OwnUrls {
            self.freshness = Freshness::Usual;
        }
        if was_checked || is_new {
            self.news = News {
                at: Some(now()),
                is_cross_checked: false,
                status,
                position,
            };
        }
    }

    pub(super) fn endpoint(&self) -> Result<&Rc<EndpointId>, Error> {
        self.endpoint.as_ref().ok_or_else(no_request_id)
    }

    pub(super) fn request(&self) -> Result<&Request, Error> {
        self.request.as_deref().ok_or_else(no_request_id)
    }

    fn after_status(&self) -> Step {
        follow::after(&self.last.text(Text::Status).unwrap_or_default())
    }

    fn pause(&mut self) -> JsValue {
        let ms = match self.options.number(Text::PollInterval) {
            Some(given) => follow::poll_interval_ms(given),
            None => follow::poll_delay_ms(
                now() - self.began.unwrap_or_default(),
                self.last.number(Text::QueuePosition).unwrap_or_default(),
                is_hidden(),
                js_sys::Math::random(),
            ),
        };
        self.waits = Waits::Paused;
        pause(ms, &self.watch, true).into()
    }

    fn completed(&mut self) -> Result<JsValue, Error> {
        if self.kind == Kind::Follow {
            return Ok(self.end());
        }
        self.ask(Phase::Result)
    }

    /// The result, unless the last status names an error: the result call should have failed,
    /// and did not. An empty result is no success.
    fn succeeded(&mut self, result: Options) -> Result<JsValue, Error> {
        if has_failed(&self.last) {
            // A failure may have a type and no words.
            let cause = [Text::Error, Text::ReplyErrorType]
                .into_iter()
                .filter_map(|name| self.last.text(name))
                .find(|text| !text.trim_ascii().is_empty());
            return Err(Error::new(Text::JobFailed)
                .with(Text::Problem, cause.unwrap_or_default())
                .with(Text::ErrorType, self.last.value(Text::ReplyErrorType))
                .with(Text::Body, result.value(Text::Body)));
        }
        self.last = result;
        Ok(self.end())
    }

    /// Calls a function among the options, if there is one, and waits for what it promises.
    pub(super) fn tell(&self, name: Text, value: &JsValue) -> JsValue {
        called(&self.options.value(name), value, &self.watch).into()
    }

    /// What it throws ends the call, and with it the job, as nobody is left to take its result.
    fn heard(&mut self, outcome: Result<JsValue, JsValue>) -> Result<JsValue, Error> {
        self.is_abandoned |= outcome.is_err();
        outcome.map_err(Error::thrown)
    }
}

fn no_request_id() -> Error {
    Error::unexpected(Text::Submit, Text::NamesNoRequestId)
}
