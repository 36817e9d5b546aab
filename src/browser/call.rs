//! The calls of the protocol: what each sends, and what its answer means.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::{
    Error, Options,
    flow::Kind,
    http::{Call, Plan, Reading},
    storage::{self, Step},
    task::Task,
    texts::Text,
};
use crate::{answer::Wanted, endpoint::EndpointId, host::is_fal_url, retry::RetryPolicy, text};

const TOKENS_URL: &str = "https://rest.fal.ai/tokens/";
const TOKEN_START: &str = "{\"allowed_apps\":[\"";
/// 120 s is how long a token is good for; the official client's default.
const TOKEN_END: &str = "\"],\"token_expiration\":120}";

/// A call about an endpoint, or a request to it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "npm"), allow(dead_code))] // the typed client does not run or stream yet
pub(crate) enum Phase {
    /// Puts a request into the queue (protocol §5.1).
    Submit,
    /// Where a request stands (§5.3).
    Status,
    /// The same of a request that is followed, which takes more patience.
    Follow,
    /// The result of a request (§5.5).
    Result,
    /// Cancels a request (§5.6).
    Cancel,
    /// Runs a model while the connection lasts (§6).
    Run,
    /// Starts a stream (§5.4, §7).
    Stream,
    /// Asks for a token that a page may use in place of a key, for one app (§3.3).
    Token,
    /// A step of storing a file (§9).
    Storage(Step),
}

impl Phase {
    /// Whether it asks after a request that was submitted before.
    pub(crate) fn is_of_request(self, options: &Options) -> bool {
        match self {
            Self::Status | Self::Follow | Self::Result | Self::Cancel => true,
            Self::Stream => options.has(Text::RequestId),
            Self::Submit | Self::Run | Self::Token | Self::Storage(_) => false,
        }
    }
}

const fn plan(operation: Text, method: Text, policy: &'static RetryPolicy) -> Plan {
    Plan {
        operation,
        method,
        reading: Reading::Handler,
        wanted: Wanted::Anything,
        policy,
    }
}

const SUBMIT: Plan = Plan {
    wanted: Wanted::SubmitReply,
    ..plan(Text::Submit, Text::Post, &RetryPolicy::SUBMIT)
};
const STATUS: Plan = Plan {
    wanted: Wanted::Status,
    ..plan(Text::Status, Text::Get, &RetryPolicy::STATUS)
};
/// With an interval of the caller's, a request is followed as the official client does it.
const FOLLOW_AS_OFFICIAL: Plan = Plan {
    wanted: Wanted::FollowedStatus,
    ..STATUS
};
const FOLLOW: Plan = Plan {
    policy: &RetryPolicy::FOLLOW,
    ..FOLLOW_AS_OFFICIAL
};
const RESULT: Plan = Plan {
    reading: Reading::Content,
    wanted: Wanted::Result,
    ..plan(Text::Result, Text::Get, &RetryPolicy::RESULT)
};
const FOLLOWED_RESULT: Plan = Plan {
    policy: &RetryPolicy::FOLLOWED_RESULT,
    ..RESULT
};
const CANCEL: Plan = Plan {
    wanted: Wanted::Acknowledgement,
    ..plan(Text::Cancel, Text::Put, &RetryPolicy::CANCEL)
};
const RUN: Plan = Plan {
    reading: Reading::Content,
    wanted: Wanted::RunResult,
    ..plan(Text::Run, Text::Post, &RetryPolicy::RUN)
};
const STREAM: Plan = Plan {
    reading: Reading::Stream,
    ..plan(Text::Stream, Text::Post, &RetryPolicy::STREAM)
};
const STREAM_READ: Plan = Plan {
    policy: &RetryPolicy::STREAM_READ,
    ..STREAM
};
const TOKEN: Plan = plan(Text::Token, Text::Post, &RetryPolicy::STANDARD);

/// What to send in this phase of a call. `method`, `headers`, `query` and `body` are the
/// caller's where a model is called.
pub(super) fn of(phase: Phase, task: &Task) -> Result<Box<Call>, Error> {
    let options = &task.options;
    let (plan, url) = match phase {
        Phase::Storage(step) => return Ok(storage::call(step, &task.subject, options)),
        Phase::Token => return Ok(token(task.endpoint()?)),
        Phase::Submit => (&SUBMIT, task.endpoint()?.submit_url()),
        Phase::Run => (&RUN, task.endpoint()?.run_url()),
        Phase::Stream => return streamed(task),
        Phase::Result => {
            let is_alone = matches!(task.kind, Kind::Once(_));
            let plan = if is_alone { &RESULT } else { &FOLLOWED_RESULT };
            (plan, task.request()?.response_url())
        }
        Phase::Cancel => (&CANCEL, task.request()?.cancel_url()),
        Phase::Status => (&STATUS, task.request()?.status_url(options)),
        Phase::Follow => {
            let is_ours = options.number(Text::PollInterval).is_none();
            let plan = if is_ours {
                &FOLLOW
            } else {
                &FOLLOW_AS_OFFICIAL
            };
            (plan, task.request()?.status_url(options))
        }
    };
    let mut call = Call::new(plan, url);
    if matches!(phase, Phase::Submit | Phase::Run) {
        fill(&mut call, options);
    }
    Ok(call)
}

/// What the caller gave goes along.
fn fill(call: &mut Call, options: &Options) {
    if let Some(query) = options.text(Text::Query) {
        call.url.push_str(&query);
    }
    call.method = options.value(Text::Method);
    call.headers = options.value(Text::Headers);
    call.body = options.value(Text::Body);
}

#[allow(clippy::unnecessary_box_returns)] // as in `Call::new`
fn token(endpoint: &EndpointId) -> Box<Call> {
    let mut call = Call::new(&TOKEN, text::joined(&[TOKENS_URL]));
    // The alias alone; anything longer is refused. It holds nothing that JSON would escape.
    let body = [TOKEN_START, endpoint.alias(), TOKEN_END];
    call.body = text::joined(&body).into();
    call
}

/// Reads an endpoint id.
pub(crate) fn endpoint(id: &JsValue) -> Result<Rc<EndpointId>, Error> {
    let parsed = id.as_string().and_then(|id| EndpointId::parse(&id));
    parsed
        .map(Rc::new)
        .ok_or_else(|| Error::argument(Text::EndpointId, Text::NoEndpointId).with(Text::Given, id))
}

/// A stream from the caller's `url`, of the statuses of a request, or from the endpoint. With a
/// `token`, encoded for a query, it bypasses the proxy, and carries that in place of a key.
fn streamed(task: &Task) -> Result<Box<Call>, Error> {
    let options = &task.options;
    let url = match (options.text(Text::Url), &task.request) {
        (Some(url), _) => url,
        (None, Some(request)) => request.status_stream_url(options),
        (None, None) => task.endpoint()?.stream_url(),
    };
    let is_read = options.is(Text::Method, Text::Get);
    let plan = if is_read { &STREAM_READ } else { &STREAM };
    let mut call = Call::new(plan, url);
    fill(&mut call, options);
    let Some(token) = options.text(Text::Token) else {
        return Ok(call);
    };
    if !is_fal_url(&call.url) {
        return Err(Error::argument(Text::Url, Text::NoFalUrl));
    }
    let has_query = text::find(&call.url, |byte| byte == b'?').is_some();
    let separator = if has_query { "&" } else { "?" };
    call.url = text::joined(&[&call.url, separator, "fal_jwt_token=", &token]);
    call.is_presigned = true;
    Ok(call)
}
