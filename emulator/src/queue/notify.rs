//! Reports the end of a job to its webhook (protocol §11).

use std::sync::Arc;

use bytes::Bytes;

use super::entry::Entry;
use super::job::Stage;
use super::jobs::Jobs;
use super::retention;
use super::service::Queue;
use crate::webhook::{self, Delivery, Payloads};

/// Starts a task that reports the end of a job to its webhook, if its caller named one.
pub(super) fn when_done(queue: &Queue, entry: &Arc<Entry>) {
    let Some(asked) = &entry.terms.webhook else {
        return;
    };
    let caller = entry.terms.caller;
    let url = match queue.webhooks.judge(asked, caller) {
        Ok(url) => url,
        Err(why) => {
            entry.log(format!("Nothing will be sent to the webhook: {why}"));
            return;
        }
    };
    let host = url.host_str().unwrap_or_default();
    entry.log(format!("The end will be told to the webhook at {host}"));
    let (webhooks, jobs) = (Arc::clone(&queue.webhooks), Arc::clone(&queue.jobs));
    let entry = Arc::clone(entry);
    queue.webhooks.spawn(async move {
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
        webhook::deliver(&webhooks, &*jobs, delivery).await;
    });
}

impl Payloads for Jobs {
    fn payload(&self, request_id: &str) -> Option<Bytes> {
        let entry = self.find(request_id)?;
        entry.with_job(|job| match job.stage() {
            Stage::Done { outcome, .. } => {
                Some(webhook::payload(&entry.id, outcome).to_string().into())
            }
            _ => None,
        })
    }
}
