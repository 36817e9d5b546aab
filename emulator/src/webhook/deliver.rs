//! A delivery from the first attempt to the last.

use std::time::{Duration, Instant};

use bytes::Bytes;
use url::Url;

use super::attempt::Attempted;
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
    let began = Instant::now();
    for attempt in 1.. {
        let Some(body) = app.queue.payload(&delivery.request_id) else {
            return tell(&delivery, attempt - 1, "its result is not kept any longer");
        };
        let why = match post(app, &delivery, body, attempt).await {
            Attempted::Taken => return,
            Attempted::Refused(why) => return tell(&delivery, attempt, &why),
            Attempted::Failed(why) => why,
        };
        let schedule = app.webhooks.schedule;
        let Some(wait) = schedule.wait(attempt, delivery.lifetime, began.elapsed()) else {
            return tell(&delivery, attempt, &why);
        };
        let (request, again) = (delivery.name(), wait.as_millis());
        tracing::info!("{request}: attempt {attempt} failed: {why}; again in {again} ms");
        tokio::time::sleep(wait).await;
    }
}

async fn post(app: &App, delivery: &Delivery, body: Bytes, attempt: u32) -> Attempted {
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
