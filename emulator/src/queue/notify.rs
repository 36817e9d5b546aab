//! Reports the end of a job to its webhook (protocol §11).

use std::sync::Arc;

use bytes::Bytes;

use super::entry::Entry;
use super::job::Stage;
use super::retention;
use crate::app::App;
use crate::webhook::{self, Delivery};

/// Starts a task that reports the end of a job to its webhook, if its caller named one.
pub(super) fn when_done(app: &Arc<App>, entry: &Arc<Entry>) {
    let Some(asked) = &entry.terms.webhook else {
        return;
    };
    let caller = entry.terms.caller;
    let url = match app.webhooks.judge(asked, caller) {
        Ok(url) => url,
        Err(why) => {
            entry.log(format!("Nothing will be sent to the webhook: {why}"));
            return;
        }
    };
    let host = url.host_str().unwrap_or_default();
    entry.log(format!("The end will be told to the webhook at {host}"));
    let (at, entry) = (Arc::clone(app), Arc::clone(entry));
    app.webhooks.spawn(async move {
        entry.ended.wait().await;
        let bytes = entry.with_job(|job| match job.stage() {
            Stage::Done { outcome, .. } => outcome.body_bytes(),
            _ => 0,
        });
        let delivery = Delivery {
            request_id: entry.id.clone(),
            caller,
            url,
            lifetime: retention::unstored(bytes),
        };
        // A delivery may take long, and must not keep the result in memory.
        drop(entry);
        webhook::deliver(&at, delivery).await;
    });
}

/// The body of the webhook of a job. `None` while the job is not done.
pub(super) fn payload(entry: &Entry) -> Option<Bytes> {
    entry.with_job(|job| match job.stage() {
        Stage::Done { outcome, .. } => {
            Some(webhook::payload(&entry.id, outcome).to_string().into())
        }
        _ => None,
    })
}
