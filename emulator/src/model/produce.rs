//! Turns an order into an outcome: loads the picture, renders the clip, and stores the file.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use fal_emulator_render::{self as render, Clip, Source};
use serde_json::{Map, Value, json};

use super::plan::Plan;
use super::refusal;
use crate::cancel::Cancel;
use crate::endpoint::{Endpoints, Performance};
use crate::options::Options;
use crate::picture::{Asked, Pictures};
use crate::protocol::{Caller, Origin, Outcome};
use crate::site::Site;
use crate::storage::{Storage, Wish};

/// The name that the service gives its videos.
const FILE_NAME: &str = "output.mp4";

/// The number of progress lines in a log.
const PROGRESS_LINES: u32 = 10;

/// The work of a job.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) endpoint: String,
    pub(crate) origin: Origin,
    /// The sender of the request.
    pub(crate) caller: Caller,
    pub(crate) input: Map<String, Value>,
    /// The lifetime and the readers that the caller wants for the files of the job.
    pub(crate) wish: Wish,
}

/// An order that is ready to be carried out.
#[derive(Debug)]
pub(crate) enum Prepared {
    /// Render a clip.
    Film(Box<Film>),
    /// Play an endpoint that the user described.
    Play(Box<Performance>),
}

/// The order for a clip, with its loaded picture.
#[derive(Debug)]
pub(crate) struct Film {
    began: Instant,
    endpoint: String,
    origin: Origin,
    plan: Plan,
    picture: Option<Bytes>,
    wish: Wish,
}

/// Turns orders into outcomes.
#[derive(Debug)]
pub(crate) struct Studio {
    pub(crate) endpoints: Endpoints,
    pictures: Pictures,
    storage: Arc<Storage>,
    /// Whether clips have one frame only.
    is_still: bool,
    /// The least time that a clip takes.
    pace: Duration,
}

impl Studio {
    /// Loads pictures from `storage` and from `site`, and stores clips in `storage`. `address` is the emulator's own.
    pub(crate) fn new(
        options: &Options,
        address: SocketAddr,
        endpoints: Endpoints,
        storage: Arc<Storage>,
        site: Arc<Site>,
    ) -> Self {
        let allows = options.allow_private_hosts;
        Self {
            endpoints,
            pictures: Pictures::new(allows, address, Arc::clone(&storage), site),
            storage,
            is_still: options.still,
            pace: options.pace,
        }
    }

    /// Prepares an order: loads the picture of a clip. May wait for the network.
    pub(crate) async fn prepare(&self, order: Order) -> Result<Prepared, Outcome> {
        if let Some(endpoint) = self.endpoints.find(&order.endpoint) {
            return Ok(Prepared::Play(Box::new(Performance {
                endpoint: Arc::clone(endpoint),
                origin: order.origin,
                input: order.input,
                wish: order.wish,
            })));
        }
        let began = Instant::now();
        let mut plan = Plan::of(&order.endpoint, order.input);
        plan.shot.is_still = self.is_still;
        let picture = match &plan.image_url {
            None => None,
            Some(url) => {
                let asked = Asked {
                    origin: &order.origin,
                    caller: order.caller,
                };
                let loaded = self.pictures.load(asked, url).await;
                Some(loaded.map_err(|missing| refusal::of_picture(&missing, url))?)
            }
        };
        Ok(Prepared::Film(Box::new(Film {
            began,
            endpoint: order.endpoint,
            origin: order.origin,
            plan,
            picture,
            wish: order.wish,
        })))
    }

    /// Carries out an order. Blocks; stops soon after `cancel` is set.
    pub(crate) fn produce(
        &self,
        prepared: &Prepared,
        cancel: &Cancel,
        log: &(dyn Fn(String) + Sync),
    ) -> Outcome {
        match prepared {
            Prepared::Film(film) => self.shoot(film, cancel, log),
            Prepared::Play(performance) => performance.play(&self.storage, cancel, log),
        }
    }

    /// Renders and stores the clip.
    fn shoot(&self, prepared: &Film, cancel: &Cancel, log: &(dyn Fn(String) + Sync)) -> Outcome {
        let Film { began, plan, .. } = prepared;
        log(format!(
            "{}: the emulator's stand-in, no model is run",
            prepared.endpoint
        ));
        let image_url = plan.image_url.as_deref().unwrap_or_default();
        let source = match &prepared.picture {
            None => Source::Title {
                prompt: &plan.prompt,
            },
            Some(bytes) => match render::probe(bytes) {
                Ok((width, height)) => {
                    let size = bytes.len().div_ceil(1000);
                    log(format!("Input picture: {width}x{height} pixels, {size} kB"));
                    Source::Image(bytes)
                }
                Err(error) => return refusal::of_render(&error, image_url),
            },
        };
        let shot = &plan.shot;
        log(format!(
            "Rendering {} seconds at {} pixels on the short side, seed {}",
            shot.seconds, shot.short_side, shot.seed
        ));
        let progress = |done: u32, total: u32| {
            pace(self.pace, *began, done, total, cancel);
            if let Some(line) = progress_line(done, total) {
                log(line);
            }
        };
        let clip = match render::render(&source, shot, cancel.flag(), &progress) {
            Ok(clip) => clip,
            Err(error) => return refusal::of_render(&error, image_url),
        };
        match self.storage.keep(&clip.mp4, FILE_NAME, &prepared.wish) {
            Ok(path) => {
                log(format!(
                    "Finished: {}x{}, {} frames, {} seconds, {} kB",
                    clip.width,
                    clip.height,
                    clip.frames,
                    clip.duration,
                    clip.mp4.len().div_ceil(1000)
                ));
                let url = format!("{}{path}", prepared.origin);
                Outcome::output(
                    output(&url, &clip, plan.seed.as_ref()),
                    plan.billable_units.into(),
                )
            }
            Err(error) => Outcome::broke(&format!("The video could not be stored: {error}")),
        }
    }
}

fn output(url: &str, clip: &Clip, seed: Option<&Value>) -> Value {
    let mut output = json!({
        "video": {
            "url": url,
            // The type of videos in fal's own documentation.
            "content_type": "application/octet-stream",
            "file_name": FILE_NAME,
            "file_size": clip.mp4.len(),
        },
    });
    if let Some(seed) = seed {
        output["seed"] = seed.clone();
    }
    output
}

/// Slows a job down, so that it takes at least `least` and a person can watch its progress.
fn pace(least: Duration, began: Instant, done: u32, total: u32, cancel: &Cancel) {
    let share = f64::from(done) / f64::from(total.max(1));
    cancel.sleep(began + least.mul_f64(share.min(1.0)));
}

/// A line for the log, if this frame completes another tenth.
fn progress_line(done: u32, total: u32) -> Option<String> {
    let tenths = |done: u32| u64::from(done) * u64::from(PROGRESS_LINES) / u64::from(total.max(1));
    (tenths(done) > tenths(done.saturating_sub(1))).then(|| {
        let percent = u64::from(done) * 100 / u64::from(total.max(1));
        format!("Rendering frame {done} of {total} ({percent}%)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_ten_times_in_words() {
        let lines: Vec<_> = (1..=120)
            .filter_map(|done| progress_line(done, 120))
            .collect();
        assert_eq!(lines.len(), 10);
        assert_eq!(
            lines.get(2).map(String::as_str),
            Some("Rendering frame 36 of 120 (30%)")
        );
        assert_eq!(
            lines.last().map(String::as_str),
            Some("Rendering frame 120 of 120 (100%)")
        );
        assert_eq!(progress_line(0, 0), None);
    }

    #[test]
    fn a_pace_of_nothing_costs_nothing_and_a_signal_ends_the_wait() {
        let began = Instant::now();
        let cancel = Cancel::default();
        pace(Duration::ZERO, began, 1, 1, &cancel);
        cancel.set();
        pace(Duration::from_mins(1), began, 1, 1, &cancel);
        assert!(began.elapsed() < Duration::from_secs(1));
    }
}
