//! One video, from the order to its URL. Nothing here knows the framework.

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

/// The way to fal.ai: your server, which holds the key.
const PROXY: &str = "/api/fal/proxy";

/// What to make a video of.
#[derive(Clone)]
pub enum Order {
    /// A picture, and what happens in it.
    New { picture: File, prompt: String },
    /// A request that was submitted before the page was reloaded.
    Saved(RequestHandle),
}

/// Where the newest job stands.
#[derive(Clone, PartialEq)]
pub enum Stage {
    Idle,
    Running(Running),
    Done { video_url: String },
    Failed { why: String },
    Cancelled,
}

/// How far a job is.
#[derive(Clone, PartialEq)]
pub struct Running {
    /// The phase in words.
    pub phase: String,
    /// The share of the phase that is done, from 0 to 1, if anything tells.
    pub share: Option<f64>,
    /// The newest line of the model's log.
    pub log: Option<String>,
}

impl Stage {
    /// What to announce.
    pub fn status(&self) -> String {
        match self {
            Self::Running(running) => running.phase.clone(),
            Self::Done { .. } => "The video is ready".into(),
            Self::Cancelled => "Cancelled".into(),
            Self::Idle | Self::Failed { .. } => String::new(),
        }
    }

    /// Why there is no video.
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

/// A job that goes on until it is dropped.
pub struct Job(AbortHandle);

impl Job {
    /// Starts a job, which reports each of its stages.
    pub fn start(order: Order, report: impl FnMut(Stage) + 'static) -> Self {
        let (job, handle) = abortable(make_video(order, report));
        spawn_local(async move {
            // It has reported its end, or it was dropped and nobody waits for it.
            let _ = job.await;
        });
        Self(handle)
    }
}

impl Drop for Job {
    /// Drops the call, if it still runs. The client then cancels the request.
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

/// Whether a saved request is of no more use. After other errors its video may still come.
fn is_over(error: &Error) -> bool {
    error.is_final() || is_unknown(error)
}

/// Whether fal.ai itself says that it does not know the request.
pub fn is_unknown(error: &Error) -> bool {
    let Error::Api { message, body, .. } = error else {
        return false;
    };
    let status = body.get("status").and_then(|status| status.as_str());
    is_unknown_request(message, status.unwrap_or_default())
}
