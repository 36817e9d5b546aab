//! One video, from the order to its URL. This module does not depend on the framework.

use fal_wasm::{
    Call, Client, Completed, Error, RequestHandle, Update,
    answer::is_unknown_request,
    models::kandinsky5::{ProImageToVideo, ProImageToVideoInput, VideoOutput},
};
use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::{
    saved,
    words::{describe, explain},
};

/// The proxy on your server. It holds the key and forwards calls to fal.ai.
const PROXY: &str = "/api/fal/proxy";

/// The input for one video.
#[derive(Clone)]
pub enum Order {
    /// A picture, and a description of the motion.
    New { picture: File, prompt: String },
    /// A request that was submitted before the page was reloaded.
    Saved(RequestHandle),
}

/// The state of the newest job.
#[derive(Clone, PartialEq)]
pub enum Stage {
    Idle,
    Running(Running),
    Done { video_url: String },
    Failed { why: String },
    Cancelled,
}

/// The progress of a running job.
#[derive(Clone, PartialEq)]
pub struct Running {
    /// The phase in words.
    pub phase: String,
    /// The finished share of the phase, from 0 to 1. `None` if the phase reports no share.
    pub share: Option<f64>,
    /// The newest line of the model's log.
    pub log: Option<String>,
}

impl Stage {
    /// The text for screen readers.
    pub fn status(&self) -> String {
        match self {
            Self::Running(running) => running.phase.clone(),
            Self::Done { .. } => "The video is ready".into(),
            Self::Cancelled => "Cancelled".into(),
            Self::Idle | Self::Failed { .. } => String::new(),
        }
    }

    /// The reason why there is no video. Empty unless the job failed.
    pub fn problem(&self) -> String {
        match self {
            Self::Failed { why } => why.clone(),
            _ => String::new(),
        }
    }

    pub fn running(&self) -> Option<&Running> {
        match self {
            Self::Running(running) => Some(running),
            _ => None,
        }
    }

    pub fn video_url(&self) -> Option<&str> {
        match self {
            Self::Done { video_url } => Some(video_url),
            _ => None,
        }
    }
}

/// A running job. Dropping it cancels the request.
pub struct Job(AbortHandle);

impl Job {
    /// Starts a job. It calls `report` with each of its stages.
    pub fn start(order: Order, report: impl FnMut(Stage) + 'static) -> Self {
        let (job, handle) = abortable(make_video(order, report));
        spawn_local(async move {
            // Ignore the outcome: either the job has reported its last stage, or it was dropped.
            let _ = job.await;
        });
        Self(handle)
    }
}

impl Drop for Job {
    /// Drops the call if it is still running. The client then cancels the request.
    fn drop(&mut self) {
        self.0.abort();
        saved::forget();
    }
}

async fn make_video(order: Order, mut report: impl FnMut(Stage)) {
    let mut running = Running {
        phase: "Starting".into(),
        share: None,
        log: None,
    };
    report(Stage::Running(running.clone()));
    let call = begin(order);
    let result = call.on_update(|update| {
        match update {
            Update::Enqueued(request) => saved::save(&request),
            Update::Status(status) => {
                if let Some(log) = status.logs().last() {
                    running.log = Some(log.message.clone());
                }
            }
            Update::Progress(progress) => {
                running.phase = describe(&progress);
                running.share = progress.share();
            }
            _ => {}
        }
        report(Stage::Running(running.clone()));
    });
    let result = result.await;
    if result.as_ref().err().is_none_or(is_over) {
        saved::forget();
    }
    report(match result {
        Ok(completed) => Stage::Done {
            video_url: completed.data.video.url,
        },
        Err(error) => Stage::Failed {
            why: explain(&error, saved::load().is_some()),
        },
    });
}

fn begin(order: Order) -> Call<Completed<VideoOutput>> {
    let client = Client::with_proxy(PROXY);
    match order {
        Order::Saved(request) => client.resume(&request),
        Order::New { picture, prompt } => {
            let input = ProImageToVideoInput {
                prompt,
                ..Default::default()
            };
            let call = client.endpoint::<ProImageToVideo>(&input);
            call.file("image_url", &picture).subscribe()
        }
    }
}

/// Whether the saved request can be forgotten. After any other error, its video may still come.
fn is_over(error: &Error) -> bool {
    error.is_final() || is_unknown(error)
}

/// Whether fal.ai itself, not the proxy, says that it does not know the request.
pub fn is_unknown(error: &Error) -> bool {
    let Error::Api { message, body, .. } = error else {
        return false;
    };
    let status = body.get("status").and_then(|status| status.as_str());
    is_unknown_request(message, status.unwrap_or_default())
}
