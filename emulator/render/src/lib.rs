//! Turns a picture, or a prompt, into a short H.264 clip.
//!
//! The emulator's stand-in for a video model: a slow camera move over a still
//! picture at 24 frames a second. A stamp on every frame says that no model made
//! it. The data flows in one direction:
//!
//! ```text
//! input ─▶ fit ─────┐
//!                   ├─▶ colour ─▶ (camera ─▶ stamp ─▶ encode), per frame ─▶ mp4
//! setting ─▶ title ─┘
//! ```
//!
//! It knows nothing of HTTP, jobs or files. [`render`] blocks and uses up to
//! four threads of its own: call it from a worker, not from an async task.

// One call in `encode` needs `unsafe`; it says why.
#![deny(unsafe_code)]
// The input may be hostile, so the code that handles it must not panic.
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]
// The work consists of casts between pixels, coordinates and fixed-point numbers.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::many_single_char_names
)]

mod backdrop;
mod camera;
mod colour;
mod encode;
mod error;
mod fit;
mod hash;
mod input;
mod mp4;
mod setting;
mod shot;
mod stamp;
mod stop;
mod text;
mod title;
mod track;
mod warp;

use std::sync::atomic::AtomicBool;

pub use error::RenderError;
pub use input::{MAX_PIXELS, MAX_SIDE, probe};
pub use shot::{Aspect, FPS, Shot};

use camera::Camera;
use colour::Frame;
use stamp::Stamp;
use stop::stop_if;
use text::Face;

/// The content of a clip.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// An image file (JPEG, PNG, WebP, GIF) with the picture that the camera moves
    /// over. Of an animation, the first frame is used.
    Image(&'a [u8]),
    /// No picture: a title card with the text of the prompt, on a gradient
    /// derived from prompt and seed.
    Title {
        /// Shown as given, wrapped to the card. May be empty.
        prompt: &'a str,
    },
}

/// A finished clip.
#[derive(Clone, Debug)]
pub struct Clip {
    /// The whole file. `moov` is before `mdat`, so it plays while it loads.
    pub mp4: Vec<u8>,
    /// Pixels, even.
    pub width: u32,
    /// Pixels, even.
    pub height: u32,
    /// Number of frames, [`FPS`] for each second.
    pub frames: u32,
    /// Frames per second, always [`FPS`].
    pub fps: u32,
    /// Seconds, exactly `frames / fps`.
    pub duration: f64,
}

/// Renders and encodes one clip; blocks until it is done.
///
/// The same source and shot give the same bytes, on any number of cores.
/// `progress(done, total)` counts frames: it is called once a frame, from
/// worker threads but never twice at once, `done` rising from 1 to `total`.
/// Set `cancel` to stop within about one frame. While the picture is being
/// decoded, rendering stops only when that is done.
///
/// # Errors
///
/// [`RenderError::Cancelled`] once `cancel` is set, [`RenderError::OutOfRange`]
/// for a shot outside its limits, the errors of [`probe`] and
/// [`RenderError::Broken`] for a picture that cannot be decoded, and
/// [`RenderError::Encoder`] if the video encoder fails.
pub fn render(
    source: &Source<'_>,
    shot: &Shot,
    cancel: &AtomicBool,
    progress: &(dyn Fn(u32, u32) + Sync),
) -> Result<Clip, RenderError> {
    shot.check()?;
    stop_if(cancel)?;
    let face = Face::new()?;
    let still = Still::new(source, shot, &face, cancel)?;
    let (width, height) = still.output;

    let stamp = Stamp::new(&face, width, height);
    let paint = |index: u32, frame: &mut Frame| {
        still.camera.shoot(&still.picture, index, frame);
        stamp.press(frame);
    };
    let job = encode::Job {
        width,
        height,
        frames: shot.frames(),
        is_still: shot.is_still,
    };
    let track = encode::encode(&job, &paint, cancel, progress)?;

    Ok(Clip {
        mp4: mp4::write(&track, width, height)?,
        width,
        height,
        frames: job.frames,
        fps: FPS,
        duration: f64::from(job.frames) / f64::from(FPS),
    })
}

/// The picture under the camera, a little larger than the frame, and the camera's path.
struct Still {
    picture: Frame,
    camera: Camera,
    output: (u32, u32),
}

impl Still {
    fn new(
        source: &Source<'_>,
        shot: &Shot,
        face: &Face,
        cancel: &AtomicBool,
    ) -> Result<Self, RenderError> {
        let (picture, output, motion) = match *source {
            Source::Image(bytes) => {
                let image = input::decode(bytes)?;
                stop_if(cancel)?;
                let output = shot.size(Some(image.dimensions()));
                let picture = fit::cover(&image, camera::stage(output))?;
                (picture, output, camera::Motion::Picture)
            }
            Source::Title { prompt } => {
                let output = shot.size(None);
                let card = title::card(face, prompt, shot.seed, camera::stage(output));
                (card, output, camera::Motion::Card)
            }
        };
        stop_if(cancel)?;
        Ok(Self {
            picture: Frame::from_rgb(&picture),
            camera: Camera::new(motion, shot.seed, output, shot.frames()),
            output,
        })
    }
}
