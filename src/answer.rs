//! Whether an answer counts. Proxies, login pages and caches answer with 200, too, and no
//! such answer may end a job that is paid for.

use crate::protocol::{QueueStatus, Wanted};

/// The kind of body that an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Body {
    /// JSON.
    Json,
    /// Text that is no JSON.
    Text,
    /// Bytes that are no text.
    Bytes,
    /// Nothing.
    Empty,
    /// It claims to be JSON, and is not, or not all of it.
    Broken,
    /// A web page.
    Page,
    /// Server-sent events.
    Events,
    /// The caller's own response handler read it.
    Handled,
}

/// Which request an answer names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NamedRequest {
    /// None.
    #[default]
    Nobody,
    /// The one that the client asked for.
    Asked,
    /// Another one that this client has asked for before.
    Known,
    /// One that this client has never seen.
    Stranger,
}

/// An answer of 2xx: the facts that decide whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answer {
    /// What its body is.
    pub body: Body,
    /// The `status` in its body.
    pub status: QueueStatus,
    /// Its body has a `status`, a `request_id` and a `response_url`, as every status does.
    pub is_like_status: bool,
    /// The request in its `x-fal-request-id` header.
    pub header: NamedRequest,
    /// The request in its body's `request_id`.
    pub request_id: NamedRequest,
}

/// What to do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Believe,
    /// It names a request that this client has never seen. Ask again, past every cache. If the
    /// service says the same again, it has ids of its own, and its answer counts.
    AskOnceMore,
    /// It is no answer to this operation.
    Refuse(Problem),
}

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// It is empty.
    Empty,
    /// It is a web page.
    Page,
    /// It is a stream of events.
    Events,
    /// It is not JSON, or half of it.
    NoJson,
    /// It has no status of this protocol.
    NoStatus,
    /// It is a status in place of the result.
    StatusForResult,
    /// It is about another request.
    OtherRequest,
    /// The reply to a submit has no `request_id`.
    NoRequestId,
}

impl Answer {
    /// The request that it names. A model's own output may have a `request_id`, too, so only a
    /// status names its request there.
    fn named(self, wanted: Wanted) -> NamedRequest {
        let reads_status = matches!(wanted, Wanted::Status | Wanted::FollowedStatus);
        if reads_status && self.request_id != NamedRequest::Nobody {
            self.request_id
        } else {
            self.header
        }
    }
}

/// Judges an answer of 2xx.
pub fn judge(wanted: Wanted, answer: Answer) -> Verdict {
    if let Some(problem) = find_problem(wanted, answer) {
        return Verdict::Refuse(problem);
    }
    if !is_about_request(wanted) {
        return Verdict::Believe;
    }
    match answer.named(wanted) {
        NamedRequest::Nobody | NamedRequest::Asked => Verdict::Believe,
        NamedRequest::Known => Verdict::Refuse(Problem::OtherRequest),
        NamedRequest::Stranger => Verdict::AskOnceMore,
    }
}

/// Whether an event of a status stream counts, as the same status would in the answer to a poll.
pub fn is_followed_status(answer: Answer) -> bool {
    judge(Wanted::FollowedStatus, answer) == Verdict::Believe
}

fn find_problem(wanted: Wanted, answer: Answer) -> Option<Problem> {
    let has_status = answer.status != QueueStatus::Unknown;
    match answer.body {
        Body::Broken => Some(Problem::NoJson),
        Body::Page => may_not_be_page(wanted, answer).then_some(Problem::Page),
        Body::Events => (wanted != Wanted::Anything).then_some(Problem::Events),
        Body::Empty => may_not_be_empty(wanted).then_some(Problem::Empty),
        Body::Text | Body::Bytes if must_be_json(wanted) => Some(Problem::NoJson),
        Body::Handled => {
            let is_wrong = wanted == Wanted::FollowedStatus && !has_status;
            is_wrong.then_some(Problem::NoStatus)
        }
        Body::Json | Body::Text | Body::Bytes => match wanted {
            Wanted::FollowedStatus if !has_status => Some(Problem::NoStatus),
            Wanted::Status if !has_status && !answer.is_like_status => Some(Problem::NoStatus),
            Wanted::Result if has_status && answer.is_like_status => Some(Problem::StatusForResult),
            _ => None,
        },
    }
}

fn must_be_json(wanted: Wanted) -> bool {
    matches!(
        wanted,
        Wanted::SubmitReply | Wanted::Status | Wanted::FollowedStatus
    )
}

fn may_not_be_empty(wanted: Wanted) -> bool {
    must_be_json(wanted) || wanted == Wanted::Result
}

/// A model may give a page. Its answer names the request then, which a login page does not.
fn may_not_be_page(wanted: Wanted, answer: Answer) -> bool {
    match wanted {
        Wanted::Anything => false,
        Wanted::Result => answer.header != NamedRequest::Asked,
        Wanted::RunResult => answer.header == NamedRequest::Nobody,
        _ => true,
    }
}

fn is_about_request(wanted: Wanted) -> bool {
    matches!(
        wanted,
        Wanted::Status | Wanted::FollowedStatus | Wanted::Result
    )
}

/// Whether the service itself says that it does not know the request. A 404 may also come from a
/// proxy that was moved, or from a web framework that knows no such route (§3.2).
pub fn is_unknown_request(detail: &str, status: &str) -> bool {
    status == "NOT_FOUND"
        || detail
            .trim_ascii()
            .eq_ignore_ascii_case("Request not found")
}

/// Whether an HTTP error in place of the result of a completed request may pass: the result is
/// not there yet, or a server in between does not find it.
pub fn may_result_come(http_status: u16, detail: &str) -> bool {
    const EARLY: &str = "still in progress";
    let is_early = || {
        let words = detail.as_bytes().windows(EARLY.len());
        words
            .into_iter()
            .any(|part| part.eq_ignore_ascii_case(EARLY.as_bytes()))
    };
    http_status == 404 || (http_status == 400 && is_early())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const NOTHING: Answer = Answer {
        body: Body::Json,
        status: QueueStatus::Unknown,
        is_like_status: false,
        header: NamedRequest::Nobody,
        request_id: NamedRequest::Nobody,
    };
    const STATUS: Answer = Answer {
        status: QueueStatus::InProgress,
        is_like_status: true,
        request_id: NamedRequest::Asked,
        ..NOTHING
    };
    const RESULT: Answer = Answer {
        header: NamedRequest::Asked,
        ..NOTHING
    };
    const READS: [Wanted; 3] = [Wanted::Status, Wanted::FollowedStatus, Wanted::Result];

    fn with(body: Body, answer: Answer) -> Answer {
        Answer { body, ..answer }
    }

    #[test]
    fn an_answer_of_the_service_counts() {
        assert_eq!(judge(Wanted::Status, STATUS), Verdict::Believe);
        assert_eq!(judge(Wanted::FollowedStatus, STATUS), Verdict::Believe);
        for body in [Body::Json, Body::Text, Body::Bytes] {
            assert_eq!(judge(Wanted::Result, with(body, RESULT)), Verdict::Believe);
            let hidden = with(body, NOTHING);
            assert_eq!(judge(Wanted::Result, hidden), Verdict::Believe, "no id");
        }
        for wanted in [Wanted::SubmitReply, Wanted::RunResult, Wanted::Anything] {
            assert_eq!(judge(wanted, NOTHING), Verdict::Believe);
        }
    }

    #[test]
    fn what_cannot_be_an_answer_does_not_count() {
        for (body, problem) in [
            (Body::Page, Problem::Page),
            (Body::Events, Problem::Events),
            (Body::Empty, Problem::Empty),
            (Body::Broken, Problem::NoJson),
        ] {
            for wanted in [READS.as_slice(), &[Wanted::SubmitReply]].concat() {
                let verdict = judge(wanted, with(body, NOTHING));
                assert_eq!(verdict, Verdict::Refuse(problem), "{wanted:?} {body:?}");
            }
        }
        for wanted in [Wanted::SubmitReply, Wanted::Status, Wanted::FollowedStatus] {
            let text = with(Body::Text, STATUS);
            assert_eq!(judge(wanted, text), Verdict::Refuse(Problem::NoJson));
        }
    }

    #[test]
    fn a_page_that_names_the_request_is_what_the_model_gave() {
        let page = with(Body::Page, RESULT);
        assert_eq!(judge(Wanted::Result, page), Verdict::Believe);
        assert_eq!(judge(Wanted::RunResult, page), Verdict::Believe);
        for stray in [NOTHING, named(NamedRequest::Stranger, RESULT)] {
            let verdict = judge(Wanted::Result, with(Body::Page, stray));
            assert_eq!(verdict, Verdict::Refuse(Problem::Page));
        }
    }

    #[test]
    fn nothing_need_be_said_of_what_was_done() {
        for body in [Body::Empty, Body::Text, Body::Json, Body::Bytes] {
            let verdict = judge(Wanted::Acknowledgement, with(body, NOTHING));
            assert_eq!(verdict, Verdict::Believe, "{body:?}");
        }
        for (body, problem) in [
            (Body::Page, Problem::Page),
            (Body::Events, Problem::Events),
            (Body::Broken, Problem::NoJson),
        ] {
            let verdict = judge(Wanted::Acknowledgement, with(body, NOTHING));
            assert_eq!(verdict, Verdict::Refuse(problem));
        }
    }

    #[test]
    fn a_status_is_no_result_and_a_result_no_status() {
        let verdict = judge(Wanted::Result, STATUS);
        assert_eq!(verdict, Verdict::Refuse(Problem::StatusForResult));
        let models_own = Answer {
            is_like_status: false,
            ..STATUS
        };
        assert_eq!(judge(Wanted::Result, models_own), Verdict::Believe);
        for wanted in [Wanted::Status, Wanted::FollowedStatus] {
            assert_eq!(judge(wanted, RESULT), Verdict::Refuse(Problem::NoStatus));
        }
    }

    #[test]
    fn a_new_status_is_for_the_caller_to_judge_but_not_followed() {
        let new = Answer {
            status: QueueStatus::Unknown,
            ..STATUS
        };
        assert_eq!(judge(Wanted::Status, new), Verdict::Believe);
        assert!(!is_followed_status(new));
        let verdict = judge(Wanted::FollowedStatus, new);
        assert_eq!(verdict, Verdict::Refuse(Problem::NoStatus));
        let handled = judge(Wanted::FollowedStatus, with(Body::Handled, new));
        assert_eq!(handled, Verdict::Refuse(Problem::NoStatus));
        assert_eq!(
            judge(Wanted::Status, with(Body::Handled, NOTHING)),
            Verdict::Believe
        );
    }

    /// The same answer, about another request.
    fn named(request: NamedRequest, answer: Answer) -> Answer {
        Answer {
            header: request,
            request_id: request,
            ..answer
        }
    }

    #[test]
    fn an_answer_about_another_request_is_asked_for_again_or_refused() {
        for (wanted, answer) in [
            (Wanted::Status, STATUS),
            (Wanted::FollowedStatus, STATUS),
            (Wanted::Result, RESULT),
        ] {
            let stray = named(NamedRequest::Stranger, answer);
            assert_eq!(judge(wanted, stray), Verdict::AskOnceMore);
            let known = named(NamedRequest::Known, answer);
            let refused = Verdict::Refuse(Problem::OtherRequest);
            assert_eq!(judge(wanted, known), refused);
            assert_eq!(judge(Wanted::Acknowledgement, known), Verdict::Believe);
        }
        assert!(!is_followed_status(named(NamedRequest::Stranger, STATUS)));
    }

    #[test]
    fn a_models_own_request_id_names_no_request() {
        let output = Answer {
            request_id: NamedRequest::Stranger,
            ..RESULT
        };
        assert_eq!(judge(Wanted::Result, output), Verdict::Believe);
    }

    #[test]
    fn only_the_service_itself_does_not_know_a_request() {
        assert!(is_unknown_request("Request not found", ""));
        assert!(is_unknown_request("", "NOT_FOUND"));
        for foreign in [
            "Not Found",
            "",
            "Path /x not found",
            "The page was not found",
        ] {
            assert!(!is_unknown_request(foreign, ""), "{foreign}");
        }
    }

    #[test]
    fn a_result_that_is_early_or_lost_on_the_way_may_come() {
        assert!(may_result_come(404, ""));
        assert!(may_result_come(400, "Request is still in progress"));
        for (status, detail) in [
            (400, "bad"),
            (422, "still in progress"),
            (403, ""),
            (500, ""),
        ] {
            assert!(!may_result_come(status, detail), "{status} {detail}");
        }
    }
}
