//! Following a request from its submit to its result.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::{Error, Options, Scope, request::Request, submit::submit, timer::sleep};
use crate::{
    endpoint::EndpointId,
    follow::{self, Step},
};

/// Submits, follows the request to its end and fetches its result.
pub(crate) async fn subscribe(
    scope: &Rc<Scope>,
    endpoint: &EndpointId,
    options: &Options,
) -> Result<JsValue, Error> {
    submit(scope, endpoint, options).await?;
    let request = scope.submitted().ok_or_else(|| {
        Error::new("bad_response")
            .with("operation", "submit")
            .with("problem", "the answer names no request_id")
    })?;
    let id = request.id.as_str().into();
    tell(scope, options.function("onEnqueue"), &id)?;
    let completed = follow_to_end(scope, &request, options).await?;
    let result = request.result(scope).await?;
    match completed.given("error") {
        // The result call should have failed, and did not: an empty result is no success.
        Some(cause) => Err(Error::new("job_failed")
            .with("problem", cause)
            .with("errorType", completed.value("error_type"))
            .with("body", Options::new(result).value("data"))),
        None => Ok(result),
    }
}

/// Polls until the request is completed; gives its last status.
async fn follow_to_end(
    scope: &Scope,
    request: &Request,
    options: &Options,
) -> Result<Options, Error> {
    let interval_ms = follow::poll_interval_ms(options.number("pollInterval"));
    let with_logs = options.is_true("logs");
    loop {
        let status = request.status(scope, with_logs).await?;
        tell(scope, options.function("onQueueUpdate"), &status)?;
        let status = Options::new(status);
        match follow::after(&status.text("status").unwrap_or_default()) {
            Step::Wait => sleep(interval_ms).await,
            Step::FetchResult => return Ok(status),
            Step::Unknown => {
                return Err(Error::new("bad_response")
                    .with("operation", "status")
                    .with("problem", "the answer has no status of this protocol"));
            }
        }
    }
}

/// Calls back. What the callback throws ends the call, and with it the job, as nobody is
/// left to take its result.
fn tell(scope: &Scope, callback: Option<Function>, value: &JsValue) -> Result<(), Error> {
    let Some(callback) = callback else {
        return Ok(());
    };
    match callback.call1(&JsValue::UNDEFINED, value) {
        Ok(_) => Ok(()),
        Err(thrown) => {
            scope.cancel_now();
            Err(Error::thrown(thrown))
        }
    }
}
