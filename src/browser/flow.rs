//! The operations of the public API, as one flow: each begins at a phase of the protocol, and
//! goes on to the next or ends there. `subscribe` begins with a submit and goes through all.

use std::{future::Future, pin::Pin, rc::Rc};

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::{
    Error, Options, Scope,
    call::{self, Phase, endpoint},
    http::{called, dispatch},
    request::Request,
    watch::{is_hidden, pause},
};
use crate::{
    endpoint::EndpointId,
    follow::{self, Step},
};

/// A future on the heap: one shape for all, so that code is not repeated for each.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

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

/// An operation about `subject`: an endpoint id, or the bytes of a file.
pub(crate) fn start(
    kind: Kind,
    scope: Rc<Scope>,
    subject: JsValue,
    options: Options,
) -> Boxed<JsValue> {
    Box::pin(async move { flow(kind, &scope, &subject, &options).await })
}

async fn flow(
    kind: Kind,
    scope: &Scope,
    subject: &JsValue,
    options: &Options,
) -> Result<JsValue, Error> {
    let first = match kind {
        Kind::Once(phase) => Some(phase),
        Kind::Subscribe => Some(Phase::Submit),
        Kind::Resume | Kind::Follow => None,
    };
    let is_submit = first == Some(Phase::Submit);
    if first.is_none_or(|phase| phase.is_of_request(options)) {
        name_request(scope, subject, options)?;
    }
    if kind == Kind::Resume {
        // Its caller is the only one to wait for it, as after a submit.
        scope.own_request();
    }
    if is_submit || first.is_none() {
        // The clock starts here: uploads before a submit don't count.
        scope.watch.start(&options.value("timeout"));
    }
    if let Some(phase) = first {
        let answer = ask(phase, scope, subject, options).await?;
        if is_submit {
            let reply = answer.value("body");
            submitted(scope, endpoint(subject)?, &reply)?;
            call_back(scope, options, "onSubmitted", &reply).await?;
        }
        if matches!(kind, Kind::Once(_)) {
            return Ok(answer.into_js());
        }
    }
    let completed = follow(scope, subject, options).await?;
    if kind == Kind::Follow {
        return Ok(completed.into_js());
    }
    let answer = ask(Phase::Result, scope, subject, options).await?;
    succeeded(answer, &completed)
}

/// Follows the call's request until it is completed: its last status.
async fn follow(scope: &Scope, subject: &JsValue, options: &Options) -> Result<Options, Error> {
    let began = Date::now();
    let request = scope.request().ok_or_else(no_request_id)?;
    loop {
        // JavaScript knows whether the path to the server carries a stream. It gives the last
        // status, or nothing: a stream that ended early has lost nothing.
        let url = request.status_stream_url(options).into();
        let status = call_back(scope, options, "followStream", &url).await?;
        if step(&status) == Step::FetchResult {
            return Ok(status);
        }
        let status = ask(Phase::Follow, scope, subject, options).await?;
        let status = status.options("body");
        call_back(scope, options, "onQueueUpdate", status.as_js()).await?;
        match step(&status) {
            Step::Wait => {
                let ms = match options.number("pollInterval") {
                    Some(given) => follow::poll_interval_ms(given),
                    None => follow::poll_delay_ms(
                        Date::now() - began,
                        status.number("queue_position").unwrap_or_default(),
                        is_hidden(),
                        js_sys::Math::random(),
                    ),
                };
                let _ = scope.settled(pause(ms, &scope.watch.signal(), true)).await;
            }
            Step::FetchResult => return Ok(status),
            Step::Unknown => {
                let problem = "the answer has no status of this protocol";
                return Err(Error::unexpected("status", problem));
            }
        }
    }
}

/// One call of the protocol.
fn ask<'a>(
    phase: Phase,
    scope: &'a Scope,
    subject: &'a JsValue,
    options: &'a Options,
) -> Pin<Box<dyn Future<Output = Result<Options, Error>> + 'a>> {
    Box::pin(async move {
        let call = call::of(phase, subject, scope.request().as_deref(), options)?;
        let answer = dispatch(scope, &call).await?;
        if let Some(request) = scope.request() {
            answer.set("requestId", &request.id);
        }
        Ok(answer)
    })
}

/// The call is about the request that `options` names, unless it knows another.
fn name_request(scope: &Scope, subject: &JsValue, options: &Options) -> Result<(), Error> {
    if scope.request().is_none() {
        scope.set_request(Request::named(endpoint(subject)?, options)?);
    }
    Ok(())
}

/// Notes the request that was submitted. Nobody may be left to wait for it.
fn submitted(scope: &Scope, endpoint: EndpointId, reply: &JsValue) -> Result<(), Error> {
    match Request::of_reply(endpoint, reply) {
        Some(request) => {
            scope.set_request(request);
            scope.own_request();
        }
        // Some proxies answer 200 whatever the service said. What a caller's own handler makes
        // of the reply is theirs to know.
        None if !scope.config.0.value("responseHandler").is_function() => {
            return Err(no_request_id().with("body", reply));
        }
        None => (),
    }
    if scope.is_abandoned.get() {
        return Err(Error::new("aborted"));
    }
    Ok(())
}

fn no_request_id() -> Error {
    Error::unexpected("submit", "the answer names no request_id")
}

/// The result, unless the last status names an error: the result call should have failed,
/// and did not. An empty result is no success.
fn succeeded(result: Options, completed: &Options) -> Result<JsValue, Error> {
    match completed.given("error") {
        None => Ok(result.into_js()),
        Some(cause) => Err(Error::new("job_failed")
            .with("problem", cause)
            .with("errorType", completed.value("error_type"))
            .with("body", result.value("body"))),
    }
}

fn step(status: &Options) -> Step {
    follow::after(&status.text("status").unwrap_or_default())
}

/// Calls a function among the options, if there is one, and waits for what it promises. What
/// it throws ends the call, and with it the job, as nobody is left to take its result.
async fn call_back(
    scope: &Scope,
    options: &Options,
    name: &str,
    value: &JsValue,
) -> Result<Options, Error> {
    let callback = options.value(name);
    if !callback.is_function() {
        return Ok(Options::new(JsValue::UNDEFINED));
    }
    let outcome = scope
        .settled(called(&callback, value, &scope.watch.signal()))
        .await;
    outcome.map(Options::new).map_err(|thrown| {
        scope.is_abandoned.set(true);
        Error::thrown(thrown)
    })
}
