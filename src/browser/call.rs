//! The calls of the protocol: what each sends, and what its answer means.

use wasm_bindgen::JsValue;

use super::{
    Error, Options,
    http::{Call, Plan, Reading},
    storage::{self, Step},
    task::Task,
};
use crate::{endpoint::EndpointId, host::is_fal_url, retry::RetryPolicy, text};

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
            Self::Stream => options.given("requestId").is_some(),
            Self::Submit | Self::Run | Self::Token | Self::Storage(_) => false,
        }
    }
}

const fn plan(operation: &'static str, method: &'static str, policy: &'static RetryPolicy) -> Plan {
    Plan {
        operation,
        method,
        reading: Reading::Handler,
        policy,
    }
}

const SUBMIT: Plan = plan("submit", "POST", &RetryPolicy::SUBMIT);
const STATUS: Plan = plan("status", "GET", &RetryPolicy::STATUS);
const FOLLOW: Plan = plan("status", "GET", &RetryPolicy::FOLLOW);
const RESULT: Plan = Plan {
    reading: Reading::Content,
    ..plan("result", "GET", &RetryPolicy::RESULT)
};
const CANCEL: Plan = plan("cancel", "PUT", &RetryPolicy::STANDARD);
const RUN: Plan = Plan {
    reading: Reading::Content,
    ..plan("run", "POST", &RetryPolicy::RUN)
};
const STREAM: Plan = Plan {
    reading: Reading::Stream,
    ..plan("stream", "POST", &RetryPolicy::STREAM)
};
const STREAM_READ: Plan = Plan {
    policy: &RetryPolicy::STREAM_READ,
    ..STREAM
};
const TOKEN: Plan = plan("token", "POST", &RetryPolicy::STANDARD);

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
        Phase::Result => (&RESULT, task.request()?.response_url()),
        Phase::Cancel => (&CANCEL, task.request()?.cancel_url()),
        Phase::Status => (&STATUS, task.request()?.status_url(options)),
        Phase::Follow => {
            // With an interval of the caller's it is the official client's following.
            let is_ours = options.number("pollInterval").is_none();
            let plan = if is_ours { &FOLLOW } else { &STATUS };
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
    if let Some(query) = options.text("query") {
        call.url.push_str(&query);
    }
    if let Some(method) = options.given("method") {
        call.method = method;
    }
    call.headers = options.value("headers");
    call.body = options.value("body");
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
pub(crate) fn endpoint(id: &JsValue) -> Result<EndpointId, Error> {
    let parsed = id.as_string().and_then(|id| EndpointId::parse(&id));
    parsed.ok_or_else(|| {
        let problem = "must be <owner>/<alias>, with the path that the model's page shows";
        Error::argument("endpointId", problem).with("given", id)
    })
}

/// A stream from the caller's `url`, of the statuses of a request, or from the endpoint. With a
/// `token`, encoded for a query, it bypasses the proxy, and carries that in place of a key.
fn streamed(task: &Task) -> Result<Box<Call>, Error> {
    let options = &task.options;
    let url = match (options.text("url"), &task.request) {
        (Some(url), _) => url,
        (None, Some(request)) => request.status_stream_url(options),
        (None, None) => task.endpoint()?.stream_url(),
    };
    let is_read = options.text("method").as_deref() == Some("GET");
    let plan = if is_read { &STREAM_READ } else { &STREAM };
    let mut call = Call::new(plan, url);
    fill(&mut call, options);
    let Some(token) = options.text("token") else {
        return Ok(call);
    };
    if !is_fal_url(&call.url) {
        let problem = "must be one of fal's, to be given a token";
        return Err(Error::argument("url", problem));
    }
    let has_query = text::contains(&call.url, "?");
    let separator = if has_query { "&" } else { "?" };
    call.url = text::joined(&[&call.url, separator, "fal_jwt_token=", &token]);
    call.is_presigned = true;
    Ok(call)
}
