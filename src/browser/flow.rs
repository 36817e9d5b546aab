//! The operations of the public API, as one flow: each begins at a phase of the protocol, and
//! goes on to the next or ends there. `subscribe` begins with a submit and goes through all.

use std::{future::Future, pin::Pin, rc::Rc};

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{
    Error, Options, Scope,
    call::{self, Phase, endpoint},
    http::{Answer, dispatch},
    request::Request,
    validate,
    watch::sleep,
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
    /// Submits a request, follows it and fetches its result: `{ data, requestId }`.
    Subscribe,
    /// Follows a request that was submitted before: its last status.
    Follow,
    /// One call: see [`Phase`].
    Once(Phase),
}

/// An operation about `subject`: an endpoint id, or a file.
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
    scope: &Rc<Scope>,
    subject: &JsValue,
    options: &Options,
) -> Result<JsValue, Error> {
    match kind {
        Kind::Subscribe => subscribe(scope, subject, options).await,
        Kind::Once(Phase::Submit) => submit(scope, subject, options).await,
        Kind::Once(phase) => {
            if phase.is_of_request(options) {
                name_request(scope, subject, options)?;
            }
            let answer = ask(phase, scope, subject, options).await?;
            call::value(phase, answer, scope)
        }
        Kind::Follow => {
            name_request(scope, subject, options)?;
            scope.watch.start(&options.value("timeout"));
            follow(scope, subject, options).await
        }
    }
}

async fn subscribe(
    scope: &Rc<Scope>,
    subject: &JsValue,
    options: &Options,
) -> Result<JsValue, Error> {
    submit(scope, subject, options).await?;
    let request = scope.request().ok_or_else(no_request_id)?;
    tell(
        scope,
        options.function("onEnqueue"),
        &request.id.as_str().into(),
    )?;
    let completed = follow(scope, subject, options).await?;
    let answer = ask(Phase::Result, scope, subject, options).await?;
    succeeded(call::value(Phase::Result, answer, scope)?, completed)
}

/// Submits: the service's reply. The clock starts here: uploads before it don't count.
async fn submit(scope: &Rc<Scope>, subject: &JsValue, options: &Options) -> Result<JsValue, Error> {
    let endpoint = endpoint(subject)?;
    if options.value("validate") != JsValue::FALSE {
        validate::check(&endpoint, &options.value("input"))?;
    }
    scope.watch.start(&options.value("timeout"));
    let reply = ask(Phase::Submit, scope, subject, options).await?.body;
    submitted(scope, &endpoint, &reply)?;
    Ok(reply)
}

/// Follows the call's request until it is completed: its last status.
async fn follow(scope: &Rc<Scope>, subject: &JsValue, options: &Options) -> Result<JsValue, Error> {
    if let Some(completed) = follow_stream(scope, options).await? {
        return Ok(completed);
    }
    loop {
        let status = ask(Phase::Status, scope, subject, options).await?.body;
        tell(scope, options.function("onQueueUpdate"), &status)?;
        match step(&status) {
            Step::Wait => {
                let ms = follow::poll_interval_ms(options.number("pollInterval"));
                sleep(ms, &scope.watch.signal()).await;
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
) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + 'a>> {
    Box::pin(async move {
        let call = call::of(phase, subject, scope.request().as_deref(), options)?;
        dispatch(scope, &call).await
    })
}

/// The call is about the request that `options` names, unless it knows another.
fn name_request(scope: &Scope, subject: &JsValue, options: &Options) -> Result<(), Error> {
    if scope.request().is_none() {
        scope.set_request(Rc::new(Request::named(&endpoint(subject)?, options)?));
    }
    Ok(())
}

/// Notes the request that was submitted. Nobody may be left to wait for it.
fn submitted(scope: &Scope, endpoint: &EndpointId, reply: &JsValue) -> Result<(), Error> {
    match Request::of_reply(endpoint, reply) {
        Some(request) => {
            scope.set_request(Rc::new(request));
            scope.own_request();
        }
        // Some proxies answer 200 whatever the service said. What a caller's own handler makes
        // of the reply is theirs to know.
        None if scope.config.0.function("responseHandler").is_none() => {
            return Err(no_request_id().with("body", reply));
        }
        None => (),
    }
    if scope.is_abandoned() {
        scope.cancel_now();
        return Err(Error::new("aborted"));
    }
    Ok(())
}

fn no_request_id() -> Error {
    Error::unexpected("submit", "the answer names no request_id")
}

/// The result, unless the last status names an error: the result call should have failed,
/// and did not. An empty result is no success.
fn succeeded(result: JsValue, completed: JsValue) -> Result<JsValue, Error> {
    let completed = Options::new(completed);
    match completed.given("error") {
        None => Ok(result),
        Some(cause) => Err(Error::new("job_failed")
            .with("problem", cause)
            .with("errorType", completed.value("error_type"))
            .with("body", Options::new(result).value("data"))),
    }
}

/// Follows by the status stream where the caller asked for that. JavaScript reads it: it is
/// given the URL and the signal that ends it, and promises the last status. A stream that
/// ended early has lost nothing: polling goes on.
async fn follow_stream(scope: &Rc<Scope>, options: &Options) -> Result<Option<JsValue>, Error> {
    let (Some(stream), Some(request)) = (options.function("followStream"), scope.request()) else {
        return Ok(None);
    };
    let url = request.status_stream_url(options);
    let followed = stream.call2(&JsValue::UNDEFINED, &url.into(), &scope.watch.signal());
    let status = match followed {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
        Err(thrown) => Err(thrown),
    };
    let status = status.map_err(|thrown| thrown_by_callback(scope, thrown))?;
    Ok(matches!(step(&status), Step::FetchResult).then_some(status))
}

fn step(status: &JsValue) -> Step {
    let status = Options::new(status.clone()).text("status");
    follow::after(&status.unwrap_or_default())
}

/// Calls back. What the callback throws ends the call, and with it the job, as nobody is
/// left to take its result.
fn tell(scope: &Scope, callback: Option<Function>, value: &JsValue) -> Result<(), Error> {
    let Some(callback) = callback else {
        return Ok(());
    };
    match callback.call1(&JsValue::UNDEFINED, value) {
        Ok(_) => Ok(()),
        Err(thrown) => Err(thrown_by_callback(scope, thrown)),
    }
}

fn thrown_by_callback(scope: &Scope, thrown: JsValue) -> Error {
    scope.cancel_now();
    Error::thrown(thrown)
}
