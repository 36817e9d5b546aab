//! The operations on the queue (protocol §5), as one kind of thing: each takes what its
//! call shares, an endpoint and the caller's options.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::{Boxed, Error, Options, Scope, request::Request, submit, subscribe};
use crate::endpoint::EndpointId;

/// An operation on the queue.
pub(crate) type Work = fn(Rc<Scope>, EndpointId, Options) -> Boxed<'static, JsValue>;

/// Reads an endpoint id.
pub(crate) fn endpoint(id: &str) -> Result<EndpointId, Error> {
    EndpointId::parse(id).ok_or_else(|| {
        Error::argument(
            "endpointId",
            "must be <owner>/<alias>, with the path that the model's page shows",
        )
        .with("given", id)
    })
}

/// Submits a request, follows it and fetches its result: `{ data, requestId }`.
pub(crate) fn subscribe(
    scope: Rc<Scope>,
    endpoint: EndpointId,
    options: Options,
) -> Boxed<'static, JsValue> {
    Box::pin(async move { subscribe::subscribe(&scope, &endpoint, &options).await })
}

/// Submits a request: the service's reply.
pub(crate) fn submit(
    scope: Rc<Scope>,
    endpoint: EndpointId,
    options: Options,
) -> Boxed<'static, JsValue> {
    Box::pin(async move { submit::submit(&scope, &endpoint, &options).await })
}

/// Asks where the request stands that `options` names.
pub(crate) fn status(
    scope: Rc<Scope>,
    endpoint: EndpointId,
    options: Options,
) -> Boxed<'static, JsValue> {
    Box::pin(async move {
        let request = Request::named(&endpoint, &options)?;
        request.status(&scope, options.is_true("logs")).await
    })
}

/// Fetches the result of the request that `options` names: `{ data, requestId }`.
pub(crate) fn result(
    scope: Rc<Scope>,
    endpoint: EndpointId,
    options: Options,
) -> Boxed<'static, JsValue> {
    Box::pin(async move { Request::named(&endpoint, &options)?.result(&scope).await })
}

/// Cancels the request that `options` names.
pub(crate) fn cancel(
    scope: Rc<Scope>,
    endpoint: EndpointId,
    options: Options,
) -> Boxed<'static, JsValue> {
    Box::pin(async move {
        let request = Request::named(&endpoint, &options)?;
        request.cancel(&scope).await.map(|()| JsValue::UNDEFINED)
    })
}
