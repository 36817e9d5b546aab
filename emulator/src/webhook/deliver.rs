//! Delivers a webhook, from the first attempt to the last.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::attempt::Attempted;
use super::delivery::{Delivery, Payloads};
use super::ledger::{AttemptView, DeliveryStage};
use super::webhooks::Webhooks;
use crate::clock;
use crate::fault::Mishap;

/// Delivers a webhook, and retries until the receiver accepts it, or until the lifetime is over.
pub(crate) async fn deliver(webhooks: &Webhooks, payloads: &dyn Payloads, delivery: Delivery) {
    let delivery = Arc::new(delivery);
    let ledger = &webhooks.ledger;
    let id = ledger.enter(&delivery);
    let began = Instant::now();
    for attempt in 1.. {
        let body = payloads.payload(&delivery.request_id);
        if !ledger.begin_attempt(id, body.as_ref().map(Bytes::len)) {
            // A person has sent it in the inspector meanwhile, and it was accepted.
            return;
        }
        let at = Instant::now();
        let attempted = post(webhooks, &delivery, body, attempt).await;
        let note = |stage| ledger.note(id, AttemptView::new(at, &attempted, false), stage);
        let why = match &attempted {
            Attempted::Taken => return note(DeliveryStage::Delivered),
            Attempted::Refused(why) => {
                note(DeliveryStage::GivenUp);
                return tell(&delivery, attempt, why);
            }
            Attempted::Failed(why) => why,
        };
        let Some(wait) = webhooks
            .schedule
            .wait(attempt, delivery.lifetime, began.elapsed())
        else {
            note(DeliveryStage::GivenUp);
            return tell(&delivery, attempt, why);
        };
        note(DeliveryStage::Waiting(Instant::now() + wait));
        let (request, again) = (delivery.name(), wait.as_millis());
        tracing::info!("{request}: attempt {attempt} failed: {why}; again in {again} ms");
        tokio::time::sleep(wait).await;
    }
}

/// Makes one more attempt now, at a delivery of the ledger. `false` if the ledger does not have it.
pub(crate) fn deliver_again(
    webhooks: &Arc<Webhooks>,
    payloads: Arc<dyn Payloads>,
    id: u64,
) -> bool {
    let Some((delivery, _)) = webhooks.ledger.find(id) else {
        return false;
    };
    let at = Arc::clone(webhooks);
    webhooks.spawn(async move {
        let began = Instant::now();
        let body = payloads.payload(&delivery.request_id);
        let attempted = post(&at, &delivery, body, 1).await;
        let attempt = AttemptView::new(began, &attempted, true);
        at.ledger.note_by_hand(id, attempt);
    });
    true
}

/// Makes an attempt. `body` is `None` if the result is not kept any longer.
async fn post(
    webhooks: &Webhooks,
    delivery: &Delivery,
    body: Option<Bytes>,
    attempt: u32,
) -> Attempted {
    let Some(body) = body else {
        return Attempted::Refused("its result is not kept any longer".to_owned());
    };
    let mishap = webhooks.faults.mishap(delivery.url.as_str());
    if let Some(mishap) = &mishap {
        tokio::time::sleep(mishap.delay).await;
        if let Some(attempted) = fate(mishap).filter(|_| !mishap.after) {
            return attempted;
        }
    }
    // Each attempt has a new signature, as a signature is valid for five minutes.
    let id = &delivery.request_id;
    let headers = webhooks.signer.headers(id, clock::unix_seconds(), &body);
    let limit = webhooks.schedule.time_limit(attempt);
    let sender = webhooks.sender(delivery.caller);
    if mishap.as_ref().is_some_and(|mishap| mishap.twice) {
        // The outcome of the first is ignored. The second one counts.
        let (headers, body) = (headers.clone(), body.clone());
        sender.post(&delivery.url, headers, body, limit).await;
    }
    let attempted = sender.post(&delivery.url, headers, body, limit).await;
    mishap.and_then(|mishap| fate(&mishap)).unwrap_or(attempted)
}

/// The outcome that a fault gives to an attempt. `None` if the fault does not decide the outcome.
fn fate(mishap: &Mishap) -> Option<Attempted> {
    match mishap.status {
        Some(status) => Some(Attempted::by(status)),
        None if mishap.close => Some(Attempted::Failed("a fault lost the answer".to_owned())),
        None => None,
    }
}

/// Prints in the terminal that a delivery was given up: a developer whose webhook gets nothing looks there.
fn tell(delivery: &Delivery, attempts: u32, why: &str) {
    let request = delivery.name();
    tracing::warn!("{request}: given up after {attempts} attempts: {why}");
}
