//! Delivers a webhook, from the first attempt to the last.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use url::Url;

use super::attempt::Attempted;
use super::ledger::{AttemptView, DeliveryStage};
use crate::app::App;
use crate::clock;
use crate::fault::Mishap;
use crate::http::Caller;

/// A webhook to deliver.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) request_id: String,
    /// The caller that named the webhook.
    pub(crate) caller: Caller,
    pub(crate) url: Url,
    /// How long the delivery is retried, from the end of the job on.
    pub(crate) lifetime: Duration,
}

/// Delivers a webhook, and retries until the receiver accepts it, or until the lifetime is over.
pub(crate) async fn deliver(app: &App, delivery: Delivery) {
    let delivery = Arc::new(delivery);
    let ledger = &app.webhooks.ledger;
    let id = ledger.enter(&delivery);
    let began = Instant::now();
    for attempt in 1.. {
        let body = app.queue.payload(&delivery.request_id);
        if !ledger.begin_attempt(id, body.as_ref().map(Bytes::len)) {
            // A person has sent it in the inspector meanwhile, and it was accepted.
            return;
        }
        let at = Instant::now();
        let attempted = post(app, &delivery, body, attempt).await;
        let note = |stage| ledger.note(id, AttemptView::new(at, &attempted, false), stage);
        let why = match &attempted {
            Attempted::Taken => return note(DeliveryStage::Delivered),
            Attempted::Refused(why) => {
                note(DeliveryStage::GivenUp);
                return tell(&delivery, attempt, why);
            }
            Attempted::Failed(why) => why,
        };
        let schedule = app.webhooks.schedule;
        let Some(wait) = schedule.wait(attempt, delivery.lifetime, began.elapsed()) else {
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
pub(crate) fn deliver_again(app: &Arc<App>, id: u64) -> bool {
    let Some((delivery, _)) = app.webhooks.ledger.find(id) else {
        return false;
    };
    let at = Arc::clone(app);
    app.webhooks.spawn(async move {
        let began = Instant::now();
        let body = at.queue.payload(&delivery.request_id);
        let attempted = post(&at, &delivery, body, 1).await;
        let attempt = AttemptView::new(began, &attempted, true);
        at.webhooks.ledger.note_by_hand(id, attempt);
    });
    true
}

/// Makes an attempt. `body` is read from the queue for each attempt, so that a delivery does not keep the result in
/// memory. It is `None` if the queue has dropped the result.
async fn post(app: &App, delivery: &Delivery, body: Option<Bytes>, attempt: u32) -> Attempted {
    let Some(body) = body else {
        return Attempted::Refused("its result is not kept any longer".to_owned());
    };
    let mishap = app.faults.mishap(delivery.url.as_str());
    if let Some(mishap) = &mishap {
        tokio::time::sleep(mishap.delay).await;
        if let Some(attempted) = fate(mishap).filter(|_| !mishap.after) {
            return attempted;
        }
    }
    // Each attempt has a new signature, as a signature is valid for five minutes.
    let id = &delivery.request_id;
    let headers = app
        .webhooks
        .signer
        .headers(id, clock::unix_seconds(), &body);
    let limit = app.webhooks.schedule.time_limit(attempt);
    let sender = app.webhooks.sender(delivery.caller);
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

impl Delivery {
    /// The name for log lines. It leaves out path and query, which may contain secrets.
    fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("Webhook of request {} at {host}", self.request_id)
    }
}
