//! Conversations between a host and the machine. Start reading here: each test is one story, line
//! by line: an event, and the step of the machine.

use super::{
    Access, Call, ErrorBody, Event, Fault, Freshness, Goal, HttpError, NamedUrls, Next, Notice,
    Now, QueuedRequest, Rejection, Send, Settings, Standing, Step, Stop, Target,
};
use crate::{
    answer::{Answer, Body, NamedRequest, Problem},
    endpoint::EndpointId,
    protocol::{Operation, QueueStatus},
};

const BASE: &str = "https://queue.fal.run/acme/app/requests/r-1";

/// A host: it keeps the time, and asserts the steps of the machine.
struct Host {
    call: Call,
    ms: f64,
}

impl Host {
    fn begins(goal: Goal, settings: Settings) -> Self {
        let is_of_request = goal != Goal::Subscribe && goal != Goal::Only(Operation::Submit);
        let target = Target {
            endpoint: EndpointId::parse("acme/app/fast"),
            request: is_of_request
                .then(|| QueuedRequest::new("r-1", NamedUrls::default()))
                .flatten(),
            url: None,
        };
        Self {
            call: Call::new(goal, target, settings),
            ms: 0.0,
        }
    }

    fn reports(&mut self, event: Event<'_>) -> Step {
        let now = Now {
            ms: self.ms,
            random: 0.5,
            is_hidden: false,
        };
        self.call.step(event, now)
    }

    /// Reports an event, and has the machine send a request.
    fn sends(&mut self, event: Event<'_>, operation: Operation) -> Send {
        match self.reports(event).next {
            Next::Send(send) if send.operation == operation => send,
            other => panic!("{operation:?} was due, not {other:?}"),
        }
    }

    /// Reports an event, and has the machine do this, with nothing settled.
    fn goes_on(&mut self, event: Event<'_>, next: &Next) {
        let step = self.reports(event);
        assert_eq!((&step.next, step.settle), (next, None));
    }

    /// Reports an event that ends the call.
    fn ends(&mut self, event: Event<'_>, outcome: Result<(), Rejection>) -> Step {
        let step = self.reports(event);
        assert_eq!(step.settle, Some(outcome));
        step
    }
}

const JSON: Answer = Answer {
    body: Body::Json,
    status: QueueStatus::Unknown,
    is_like_status: false,
    header: NamedRequest::Asked,
    request_id: NamedRequest::Nobody,
};
const RESULT: Event<'_> = Event::Answered(JSON, NOWHERE);
const NOWHERE: Standing = Standing {
    status: QueueStatus::Unknown,
    position: 0.0,
    has_failed: false,
};
const SUBMITTED: Event<'_> = Event::Submitted(
    JSON,
    Some("r-1"),
    NamedUrls {
        status: None,
        response: None,
        cancel: None,
    },
);
const LOST: Event<'_> = Event::Lost {
    is_offline: false,
    is_unsent: false,
};
const END: Next = Next::End {
    is_cancelled: false,
};

fn stands(status: QueueStatus) -> Standing {
    Standing { status, ..NOWHERE }
}

/// The answer to a poll.
fn status(status: QueueStatus) -> Event<'static> {
    let answer = Answer {
        status,
        is_like_status: true,
        request_id: NamedRequest::Asked,
        ..JSON
    };
    Event::Answered(answer, stands(status))
}

fn http_error(status: u16) -> Event<'static> {
    Event::Refused(HttpError {
        status,
        ..HttpError::default()
    })
}

fn failed(fault: Fault) -> Result<(), Rejection> {
    Err(Rejection {
        fault,
        is_final: false,
    })
}

fn stream() -> Next {
    Next::FollowStream {
        url: format!("{BASE}/status/stream?logs=0"),
        access: Access::Key,
    }
}

/// A call that has submitted its request, and follows the stream of its statuses.
fn following() -> Host {
    let mut host = Host::begins(Goal::Subscribe, Settings::default());
    host.sends(Event::Started, Operation::Submit);
    host.goes_on(SUBMITTED, &Next::ReportSubmitted);
    host.goes_on(Event::Done, &stream());
    host
}

#[test]
fn a_job_takes_three_requests() {
    let mut host = Host::begins(Goal::Subscribe, Settings::default());
    let submit = host.sends(Event::Started, Operation::Submit);
    assert_eq!(submit.url, "https://queue.fal.run/acme/app/fast");
    assert_eq!(submit.access, Access::Key);
    host.goes_on(SUBMITTED, &Next::ReportSubmitted);
    host.goes_on(Event::Done, &stream());
    let ended = Event::StreamEnded(Some(stands(QueueStatus::Completed)));
    let result = host.sends(ended, Operation::FollowedResult);
    assert_eq!(result.url, BASE);
    assert_eq!(host.ends(RESULT, Ok(())).next, END);
}

#[test]
fn a_route_that_carries_no_streams_is_polled() {
    let mut host = following();
    let poll = host.sends(Event::StreamEnded(None), Operation::Poll);
    assert_eq!(poll.url, format!("{BASE}/status?logs=0"));
    host.goes_on(status(QueueStatus::InProgress), &Next::ReportStatus);
    let wait = host.reports(Event::Done).next;
    assert!(
        matches!(wait, Next::Wait { ms, may_end_early: true } if ms >= 160.0),
        "{wait:?}"
    );
    host.goes_on(Event::Done, &stream());
    host.sends(Event::StreamEnded(None), Operation::Poll);
    host.goes_on(status(QueueStatus::Completed), &Next::ReportStatus);
    host.sends(Event::Done, Operation::FollowedResult);
}

#[test]
fn a_stream_that_gets_no_answer_is_opened_again_and_then_polls_take_over() {
    let mut host = following();
    for _ in 0..3 {
        let wait = host.reports(LOST).next;
        assert!(matches!(wait, Next::Wait { .. }), "{wait:?}");
        host.goes_on(Event::Done, &stream());
    }
    host.sends(LOST, Operation::Poll);
}

#[test]
fn a_lost_submit_is_not_sent_again() {
    let mut host = Host::begins(Goal::Subscribe, Settings::default());
    host.sends(Event::Started, Operation::Submit);
    assert_eq!(host.ends(LOST, failed(Fault::Network)).next, END);
}

#[test]
fn a_submit_that_was_refused_for_now_is_sent_again() {
    let mut host = Host::begins(Goal::Subscribe, Settings::default());
    host.sends(Event::Started, Operation::Submit);
    let step = host.reports(http_error(429));
    assert_eq!(step.notice, Some(Notice::Retrying));
    let second = Next::Wait {
        ms: 1_000.0,
        may_end_early: false,
    };
    assert_eq!(step.next, second);
    host.sends(Event::Done, Operation::Submit);
    assert_eq!(host.reports(SUBMITTED).notice, Some(Notice::Reached));
}

#[test]
fn a_call_that_is_aborted_while_it_submits_waits_for_the_id_and_cancels() {
    let mut host = Host::begins(Goal::Subscribe, Settings::default());
    host.sends(Event::Started, Operation::Submit);
    let stopped = Event::Stopped(Stop::Aborted);
    let step = host.ends(stopped, failed(Fault::Stopped(Stop::Aborted)));
    assert_eq!((step.next, step.abort), (Next::KeepWaiting, false));
    host.goes_on(SUBMITTED, &Next::ReportSubmitted);
    let cancel = host.sends(Event::Done, Operation::Cancel);
    assert_eq!(cancel.url, format!("{BASE}/cancel"));
    let body = ErrorBody {
        status: "CANCELLATION_REQUESTED",
        ..ErrorBody::default()
    };
    let end = host.reports(Event::CancelAnswered(JSON, body)).next;
    assert_eq!(end, Next::End { is_cancelled: true });
}

#[test]
fn a_call_that_is_aborted_while_it_follows_cancels_at_once() {
    let mut host = following();
    let stopped = Event::Stopped(Stop::Aborted);
    let step = host.ends(stopped, failed(Fault::Stopped(Stop::Aborted)));
    assert!(step.abort);
    assert!(matches!(
        step.next,
        Next::Send(Send {
            operation: Operation::Cancel,
            ..
        })
    ));
}

#[test]
fn a_call_that_is_detached_leaves_its_job_running() {
    let mut host = following();
    let detached = Event::Stopped(Stop::Detached);
    let step = host.ends(detached, failed(Fault::Stopped(Stop::Detached)));
    assert_eq!((step.next, step.abort), (END, true));
}

#[test]
fn a_callback_that_throws_ends_the_call_and_the_job() {
    let mut host = following();
    let step = host.ends(Event::CallbackThrew, failed(Fault::Threw));
    assert!(matches!(
        step.next,
        Next::Send(Send {
            operation: Operation::Cancel,
            ..
        })
    ));
}

#[test]
fn a_login_page_in_place_of_the_result_is_asked_again_past_every_cache() {
    let mut host = following();
    let ended = Event::StreamEnded(Some(stands(QueueStatus::Completed)));
    host.sends(ended, Operation::FollowedResult);
    let page = Answer {
        body: Body::Page,
        header: NamedRequest::Nobody,
        ..JSON
    };
    let step = host.reports(Event::Answered(page, NOWHERE));
    assert!(matches!(step.next, Next::Wait { .. }), "{step:?}");
    let again = host.sends(Event::Done, Operation::FollowedResult);
    assert_eq!(again.freshness, Freshness::OwnUrls);
    host.ends(RESULT, Ok(()));
}

#[test]
fn a_result_that_stays_a_page_leaves_the_request_saved() {
    let mut host = following();
    let ended = Event::StreamEnded(Some(stands(QueueStatus::Completed)));
    let page = Event::Answered(
        Answer {
            body: Body::Page,
            header: NamedRequest::Nobody,
            ..JSON
        },
        NOWHERE,
    );
    host.sends(ended, Operation::FollowedResult);
    for _ in 0..12 {
        assert!(matches!(host.reports(page).next, Next::Wait { .. }));
        host.sends(Event::Done, Operation::FollowedResult);
    }
    host.ends(page, failed(Fault::BadAnswer(Problem::Page)));
}

#[test]
fn a_job_that_failed_is_told_as_its_own_failure() {
    let mut host = following();
    let failure = Standing {
        has_failed: true,
        ..stands(QueueStatus::Completed)
    };
    host.sends(Event::StreamEnded(Some(failure)), Operation::FollowedResult);
    let refused = Event::Refused(HttpError {
        status: 500,
        ..HttpError::default()
    });
    let own = Rejection {
        fault: Fault::HttpError,
        is_final: true,
    };
    host.ends(refused, Err(own));
}

#[test]
fn without_a_network_the_call_waits_for_it() {
    let mut host = following();
    host.sends(Event::StreamEnded(None), Operation::Poll);
    for _ in 0..100 {
        let offline = Event::Lost {
            is_offline: true,
            is_unsent: true,
        };
        let wait = Next::Wait {
            ms: f64::INFINITY,
            may_end_early: true,
        };
        host.goes_on(offline, &wait);
        host.sends(Event::Done, Operation::Poll);
    }
}

#[test]
fn polls_that_say_nothing_new_for_a_minute_go_past_every_cache() {
    let mut host = following();
    let poll = host.sends(Event::StreamEnded(None), Operation::Poll);
    assert_eq!(poll.freshness, Freshness::Usual);
    host.goes_on(status(QueueStatus::InQueue), &Next::ReportStatus);
    host.reports(Event::Done);
    host.ms = 61_000.0;
    host.reports(Event::Done);
    let poll = host.sends(Event::StreamEnded(None), Operation::Poll);
    assert_eq!(poll.freshness, Freshness::OwnUrls);
}

#[test]
fn an_expired_upload_url_is_an_http_error_of_the_upload() {
    let target = Target {
        endpoint: None,
        request: None,
        url: Some("https://v3b.fal.media/put/x?signature=y".into()),
    };
    let settings = Settings {
        part: Some("3".into()),
        ..Settings::default()
    };
    let mut host = Host {
        call: Call::new(Goal::Only(Operation::UploadPart), target, settings),
        ms: 0.0,
    };
    let put = host.sends(Event::Started, Operation::UploadPart);
    assert_eq!(put.url, "https://v3b.fal.media/put/x/3?signature=y");
    assert_eq!(put.access, Access::Presigned);
    assert_eq!(
        host.ends(http_error(403), failed(Fault::HttpError)).next,
        END
    );
}

#[test]
fn an_id_that_is_none_sends_nothing() {
    let mut host = Host {
        call: Call::new(Goal::Subscribe, Target::default(), Settings::default()),
        ms: 0.0,
    };
    host.ends(Event::Started, failed(Fault::EndpointId));
    let mut host = Host::begins(Goal::Only(Operation::Result), Settings::default());
    host.call.forget_request();
    host.ends(Event::Started, failed(Fault::RequestId));
}

#[test]
fn a_token_asks_for_the_alias_alone() {
    let mut host = Host::begins(Goal::Only(Operation::Token), Settings::default());
    let token = host.sends(Event::Started, Operation::Token);
    assert_eq!(token.url, "https://rest.fal.ai/tokens/");
    let body = r#"{"allowed_apps":["app"],"token_expiration":120}"#;
    assert_eq!(token.body.as_deref(), Some(body));
}

#[test]
fn a_token_leaves_for_fals_own_hosts_only() {
    let begin = |url: &str| {
        let target = Target {
            endpoint: EndpointId::parse("acme/app"),
            request: None,
            url: Some(url.into()),
        };
        let settings = Settings {
            token: Some("jwt".into()),
            ..Settings::default()
        };
        Host {
            call: Call::new(Goal::Only(Operation::Stream), target, settings),
            ms: 0.0,
        }
    };
    let sent =
        begin("https://fal.run/acme/app/stream?x=1").sends(Event::Started, Operation::Stream);
    assert_eq!(
        sent.url,
        "https://fal.run/acme/app/stream?x=1&fal_jwt_token=jwt"
    );
    assert_eq!(sent.access, Access::Presigned);
    begin("https://evil.example/").ends(Event::Started, failed(Fault::TokenUrl));
}
