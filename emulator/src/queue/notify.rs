//! Telling a webhook how a job ended (protocol §11).

use std::sync::Arc;

use bytes::Bytes;

use super::entry::Entry;
use super::job::Stage;
use super::retention;
use crate::app::App;
use crate::webhook::{self, Delivery};

/// Has the end of a job told to the webhook that was asked for, if one was.
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
        // A delivery may take long: the result must not be kept for it.
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
