//! A delivery from the first attempt to the last.

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

/// What is to be told to whom.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) request_id: String,
    /// Who wants it told.
    pub(crate) caller: Caller,
    pub(crate) url: Url,
    /// How long the delivery is tried, from the end of the job on.
    pub(crate) lifetime: Duration,
}

/// Delivers, at least once if the webhook takes it within the lifetime.
pub(crate) async fn deliver(app: &App, delivery: Delivery) {
    let delivery = Arc::new(delivery);
    let ledger = &app.webhooks.ledger;
    let id = ledger.enter(&delivery);
    let began = Instant::now();
    for attempt in 1.. {
        let body = app.queue.payload(&delivery.request_id);
        if !ledger.begin_attempt(id, body.as_ref().map(Bytes::len)) {
            // A person has sent it meanwhile.
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

/// Makes one more attempt at a delivery of the ledger, now. `false` if it is not kept.
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

/// Makes an attempt. `body` is read from the queue for each, so that no delivery keeps a result; `None`
/// if the queue keeps it no longer.
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
    // Signed anew each time: a signature is good for five minutes.
    let id = &delivery.request_id;
    let headers = app
        .webhooks
        .signer
        .headers(id, clock::unix_seconds(), &body);
    let limit = app.webhooks.schedule.time_limit(attempt);
    let sender = app.webhooks.sender(delivery.caller);
    if mishap.as_ref().is_some_and(|mishap| mishap.twice) {
        // Whatever this one came to, the other is what the service knows of.
        let (headers, body) = (headers.clone(), body.clone());
        sender.post(&delivery.url, headers, body, limit).await;
    }
    let attempted = sender.post(&delivery.url, headers, body, limit).await;
    mishap.and_then(|mishap| fate(&mishap)).unwrap_or(attempted)
}

/// What a fault makes of an attempt; `None` if it only delays.
fn fate(mishap: &Mishap) -> Option<Attempted> {
    match mishap.status {
        Some(status) => Some(Attempted::by(status)),
        None if mishap.close => Some(Attempted::Failed("a fault lost the answer".to_owned())),
        None => None,
    }
}

/// A developer whose webhook stays silent looks at the terminal.
fn tell(delivery: &Delivery, attempts: u32, why: &str) {
    let request = delivery.name();
    tracing::warn!("{request}: given up after {attempts} attempts: {why}");
}

impl Delivery {
    /// Without path and query, where secrets travel.
    fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("Webhook of request {} at {host}", self.request_id)
    }
}
