//! Encodes frames as H.264, one second at a time on a few threads.
//!
//! Every second starts with a keyframe and has an encoder of its own. The chunks
//! are fixed and joined in order, so the bytes are the same on any number of cores.

use std::iter;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, IntraFramePeriod, QpRange,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::{OpenH264API, Timestamp};

use crate::colour::Frame;
use crate::stop::stop_if;
use crate::track::Track;
use crate::{FPS, RenderError};

/// The frames in a chunk, which is the distance between keyframes.
const GOP: u32 = FPS;

/// The most threads. Each takes about 15 MB at 1024 pixels.
const MAX_WORKERS: usize = 4;

/// The size and length of a clip.
pub(crate) struct Job {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames: u32,
    /// Whether all frames are the same. Then only the first second is encoded.
    pub(crate) is_still: bool,
}

impl Job {
    fn chunks(&self) -> usize {
        self.frames.div_ceil(GOP) as usize
    }
}

/// Draws one frame. The former content of the frame is arbitrary.
pub(crate) type Paint<'a> = &'a (dyn Fn(u32, &mut Frame) + Sync);

/// Reports `(done, total)`.
pub(crate) type Progress<'a> = &'a (dyn Fn(u32, u32) + Sync);

pub(crate) fn encode(
    job: &Job,
    paint: Paint<'_>,
    cancel: &AtomicBool,
    progress: Progress<'_>,
) -> Result<Track, RenderError> {
    let crew = Crew::new(job, paint, cancel, progress);
    if job.is_still {
        return crew.repeat_first_second();
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    crew.encode_on(cores.min(MAX_WORKERS).min(job.chunks()))
}

/// The state that the workers share.
struct Crew<'a> {
    job: &'a Job,
    paint: Paint<'a>,
    cancel: &'a AtomicBool,
    progress: Progress<'a>,
    next: AtomicU32,
    done: Mutex<u32>,
    failed: AtomicBool,
}

impl<'a> Crew<'a> {
    fn new(job: &'a Job, paint: Paint<'a>, cancel: &'a AtomicBool, progress: Progress<'a>) -> Self {
        Self {
            job,
            paint,
            cancel,
            progress,
            next: AtomicU32::new(0),
            done: Mutex::new(0),
            failed: AtomicBool::new(false),
        }
    }

    /// Encodes the first second, and repeats it.
    fn repeat_first_second(&self) -> Result<Track, RenderError> {
        let mut frame = Frame::new(self.job.width, self.job.height);
        let second = self.chunk(0, &mut frame)?;
        for _ in GOP..self.job.frames {
            stop_if(self.cancel)?;
            self.step();
        }
        Track::join(iter::repeat_n(second, self.job.chunks()))
    }

    fn encode_on(&self, workers: usize) -> Result<Track, RenderError> {
        let outcomes = thread::scope(|scope| {
            // If a thread cannot be started, the others take its chunks.
            let spawn = || thread::Builder::new().spawn_scoped(scope, || self.work());
            let workers: Vec<_> = (0..workers).map_while(|_| spawn().ok()).collect();
            workers
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect::<Vec<_>>()
        });
        stop_if(self.cancel)?;
        let mut chunks = Vec::new();
        for outcome in outcomes {
            chunks.extend(outcome.map_err(|_| RenderError::encoder("a worker stopped"))??);
        }
        chunks.sort_by_key(|&(index, _)| index);
        Track::join(chunks.into_iter().map(|(_, chunk)| chunk))
    }

    /// Encodes chunks until none is left, or another worker has failed.
    fn work(&self) -> Result<Vec<(u32, Track)>, RenderError> {
        let mut finished = Vec::new();
        let mut frame = Frame::new(self.job.width, self.job.height);
        while !self.failed.load(Ordering::Relaxed) {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let start = index.saturating_mul(GOP);
            if start >= self.job.frames {
                break;
            }
            let chunk = self.chunk(start, &mut frame);
            self.failed.fetch_or(chunk.is_err(), Ordering::Relaxed);
            finished.push((index, chunk?));
        }
        Ok(finished)
    }

    fn chunk(&self, start: u32, frame: &mut Frame) -> Result<Track, RenderError> {
        let mut encoder = encoder(self.job)?;
        let mut chunk = Track::default();
        for index in start..self.job.frames.min(start + GOP) {
            stop_if(self.cancel)?;
            // A still frame stays in place for the next.
            if index == start || !self.job.is_still {
                (self.paint)(index, frame);
            }
            let time = Timestamp::from_millis(u64::from(index) * 1000 / u64::from(FPS));
            let stream = encoder
                .encode_at(frame, time)
                .map_err(|_| RenderError::encoder("a frame failed"))?;
            chunk.add_sample(&stream)?;
            self.step();
        }
        Ok(chunk)
    }

    /// Counts a frame. The lock is held during the call, so that reports
    /// arrive in order.
    fn step(&self) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        (self.progress)(*done, self.job.frames);
    }
}

fn encoder(job: &Job) -> Result<Encoder, RenderError> {
    let config = EncoderConfig::new()
        // The encoder refuses the non-real-time usages at the first frame.
        .usage_type(UsageType::CameraVideoRealTime)
        // The lower bound of 20 keeps simple pictures small. The bit rate is a soft
        // limit for complex ones.
        .rate_control_mode(RateControlMode::Quality)
        .qp(QpRange::new(20, 42))
        .bitrate(BitRate::from_bps(ceiling(job)))
        .max_frame_rate(FrameRate::from_hz(FPS as f32))
        .intra_frame_period(IntraFramePeriod::from_num_frames(GOP))
        // The default is on, which would make empty samples of skipped frames.
        .skip_frames(false)
        .scene_change_detect(false)
        .background_detection(false)
        .adaptive_quantization(false)
        // A fifth less time than the default, for 3 % more bytes.
        .complexity(Complexity::Low)
        .num_threads(1)
        .vui(VuiConfig::bt709());
    let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config)
        .map_err(|_| RenderError::encoder("it did not start"))?;
    hush(&mut encoder);
    Ok(encoder)
}

/// The limit of the bit rate, in bits per second.
fn ceiling(job: &Job) -> u32 {
    if job.width.min(job.height) > 512 {
        5_000_000
    } else {
        2_000_000
    }
}

/// Switches off the encoder's trace. Otherwise every encoder prints a line about
/// `skip_frames` to the server's stderr, as the wrapper sets its trace level later.
#[allow(unsafe_code)]
fn hush(encoder: &mut Encoder) {
    let mut quiet: std::ffi::c_int = 0;
    // SAFETY: option 25, the trace level, takes a pointer to an int, which it
    // reads during the call; the wrapper relies on no value of it.
    unsafe {
        encoder.raw_api().set_option(25, (&raw mut quiet).cast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: Job = Job {
        width: 64,
        height: 48,
        frames: 100,
        is_still: false,
    };

    fn stripes(index: u32, frame: &mut Frame) {
        for (n, sample) in frame.y.samples.iter_mut().enumerate() {
            *sample = ((n as u32 * 3 + index * 5) % 200) as u8 + 20;
        }
    }

    fn run(workers: usize) -> Track {
        Crew::new(&JOB, &stripes, &AtomicBool::new(false), &|_, _| {})
            .encode_on(workers)
            .unwrap()
    }

    #[test]
    fn bytes_do_not_depend_on_the_number_of_workers() {
        let alone = run(1);
        assert_eq!(alone.samples.len(), 100);
        for workers in [2, 3, 4] {
            assert_eq!(run(workers).data, alone.data, "{workers} workers");
        }
    }

    #[test]
    fn a_keyframe_opens_every_second_and_no_other() {
        let keys: Vec<_> = run(2).samples.iter().map(|sample| sample.is_key).collect();
        let expected: Vec<_> = (0..100).map(|n| n % 24 == 0).collect();
        assert_eq!(keys, expected);
    }

    #[test]
    fn reports_rise_by_one_from_every_worker() {
        let seen = Mutex::new(Vec::new());
        let report = |done, total| seen.lock().unwrap().push((done, total));
        Crew::new(&JOB, &stripes, &AtomicBool::new(false), &report)
            .encode_on(4)
            .unwrap();
        let expected: Vec<_> = (1..=100).map(|n| (n, 100)).collect();
        assert_eq!(seen.into_inner().unwrap(), expected);
    }

    #[test]
    fn a_panic_in_a_worker_is_an_error() {
        let paint = |index: u32, _: &mut Frame| assert!(index != 30, "painted into a corner");
        let cancel = AtomicBool::new(false);
        let result = Crew::new(&JOB, &paint, &cancel, &|_, _| {}).encode_on(2);
        assert!(matches!(result, Err(RenderError::Encoder(_))));
    }
}
