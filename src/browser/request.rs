//! A request in the queue, and the calls that ask after it (protocol §5.3, §5.5, §5.6).

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::{
    Config, Error, Options, Scope,
    answer::Answer,
    http::{Call, Target, dispatch},
    object, set,
};
use crate::{
    endpoint::{EndpointId, RequestId},
    host::is_fal_url,
    retry::RetryPolicy,
    text,
};

/// A submitted request and where to ask after it.
pub(crate) struct Request {
    pub(crate) id: String,
    status_url: String,
    response_url: String,
    cancel_url: String,
}

impl Request {
    /// From the submit's reply: the URLs it names, where they are fal's own, as an id may
    /// stand for another app; otherwise built from the id (protocol §2.2).
    pub(crate) fn of_reply(endpoint: &EndpointId, reply: &JsValue) -> Option<Self> {
        let reply = Options::new(reply.clone());
        let id = reply.text("request_id")?;
        let built = Self::built(endpoint, RequestId::parse(&id)?, &id);
        let named = |name: &str, built| {
            reply
                .text(name)
                .filter(|url| is_fal_url(url))
                .unwrap_or(built)
        };
        Some(Self {
            status_url: named("status_url", built.status_url),
            response_url: named("response_url", built.response_url),
            cancel_url: named("cancel_url", built.cancel_url),
            id,
        })
    }

    /// From a request id that the caller kept.
    pub(crate) fn named(endpoint: &EndpointId, options: &Options) -> Result<Self, Error> {
        let id = options.text("requestId").unwrap_or_default();
        match RequestId::parse(&id) {
            Some(parsed) => Ok(Self::built(endpoint, parsed, &id)),
            None => Err(Error::argument(
                "requestId",
                "must be the request_id that submit returned",
            )
            .with("given", options.value("requestId"))),
        }
    }

    fn built(endpoint: &EndpointId, parsed: RequestId<'_>, id: &str) -> Self {
        Self {
            id: text::joined(&[id]),
            status_url: endpoint.request_url(&parsed, "/status"),
            response_url: endpoint.request_url(&parsed, ""),
            cancel_url: endpoint.request_url(&parsed, "/cancel"),
        }
    }

    /// Asks where the request stands, at its server.
    pub(crate) async fn status(&self, scope: &Scope, with_logs: bool) -> Result<JsValue, Error> {
        let query = if with_logs { "?logs=1" } else { "?logs=0" };
        let url = text::joined(&[&self.status_url, query]);
        let call = follow_up("status", "GET", &url, RetryPolicy::status(), Some(scope));
        let answer = dispatch(&scope.config, call).await;
        Ok(self.named_in(answer)?.body)
    }

    /// Fetches the result: `{ data, requestId }`.
    pub(crate) async fn result(&self, scope: &Scope) -> Result<JsValue, Error> {
        let url = &self.response_url;
        let call = follow_up("result", "GET", url, RetryPolicy::result(), Some(scope));
        let answer = dispatch(&scope.config, call).await;
        let Answer { body, request_id } = self.named_in(answer)?;
        let result = object();
        set(&result, "data", body);
        // The header may be hidden from pages of other origins; the id is known anyway.
        let request_id = request_id.as_deref().unwrap_or(&self.id);
        set(&result, "requestId", request_id);
        Ok(result.into())
    }

    /// Cancels the request, as the caller asks.
    pub(crate) async fn cancel(&self, scope: &Scope) -> Result<(), Error> {
        let sent = self.send_cancel(&scope.config, Some(scope)).await;
        self.named_in(sent).map(|_| ())
    }

    async fn send_cancel(&self, config: &Config, scope: Option<&Scope>) -> Result<Answer, Error> {
        let policy = RetryPolicy::standard();
        let call = follow_up("cancel", "PUT", &self.cancel_url, policy, scope);
        dispatch(config, call).await
    }

    fn named_in<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        outcome.map_err(|error| error.with_default("requestId", &self.id))
    }
}

/// Cancels a request that nobody waits for any more. What comes of it concerns nobody: it
/// may have ended, or not be stoppable.
pub(crate) fn cancel_abandoned(config: Config, request: Rc<Request>) {
    spawn_local(async move {
        let _ = request.send_cancel(&config, None).await;
    });
}

fn follow_up<'a>(
    operation: &'a str,
    method: &'a str,
    url: &'a str,
    policy: RetryPolicy,
    scope: Option<&'a Scope>,
) -> Call<'a> {
    Call {
        target: Target::Service,
        operation,
        method,
        url,
        headers: object(),
        body: None,
        policy,
        scope,
        progress: None,
    }
}
