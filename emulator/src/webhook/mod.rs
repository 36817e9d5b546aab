//! Webhooks: signed reports of the ends of jobs to the URLs that their callers named. Failed deliveries are retried
//! (protocol §11).

mod attempt;
mod deliver;
mod delivery;
mod ledger;
mod payload;
mod schedule;
mod signer;
mod webhooks;

use axum::http::{Method, StatusCode};
use axum::response::Response;

pub(crate) use deliver::{deliver, deliver_again};
pub(crate) use delivery::{Delivery, Payloads};
pub(crate) use ledger::{DeliveryStage, DeliveryView};
pub(crate) use payload::payload;
pub(crate) use webhooks::Webhooks;

use crate::protocol::{ApiError, Call};
use crate::reply;

/// Answers with the public keys that verify signatures.
pub(crate) fn keys(webhooks: &Webhooks, call: &Call) -> Result<Response, ApiError> {
    if call.method != Method::GET {
        return Err(ApiError::MethodNotAllowed("GET"));
    }
    Ok(reply::json(StatusCode::OK, &webhooks.signer.jwks()))
}

#[cfg(test)]
mod fuzz;
