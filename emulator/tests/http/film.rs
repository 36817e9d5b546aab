//! A clip, parsed and decoded by code that shares nothing with the renderer.

use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use re_mp4::{Mp4, StsdBoxContent};

pub(crate) struct Film {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// The duration in the container, in seconds.
    pub(crate) seconds: f64,
    pub(crate) frames: usize,
    /// Brightness of the first frame, row by row.
    pub(crate) first: Vec<u8>,
    /// Brightness of the last frame.
    pub(crate) last: Vec<u8>,
}

pub(crate) fn watch(file: &[u8]) -> Film {
    let mp4 = Mp4::read_bytes(file).unwrap();
    let track = mp4.tracks().values().next().unwrap();
    let StsdBoxContent::Avc1(avc1) = &track.trak(&mp4).mdia.minf.stbl.stsd.contents else {
        panic!("not H.264");
    };
    let sets = &avc1.avcc.sequence_parameter_sets;
    let sets = sets.iter().chain(&avc1.avcc.picture_parameter_sets);
    let mut stream: Vec<u8> = sets
        .flat_map(|set| [&[0, 0, 0, 1], &set.bytes[..]].concat())
        .collect();
    let mut decoder = Decoder::new().unwrap();
    let (mut frames, mut first, mut last, mut size) = (0, Vec::new(), Vec::new(), (0, 0));
    for sample in &track.samples {
        stream.extend(annex_b(&file[sample.byte_range()]));
        let frame = decoder.decode(&stream).unwrap().expect("a frame a sample");
        stream.clear();
        if frames == 0 {
            size = frame.dimensions();
        }
        assert_eq!(frame.dimensions(), size);
        let rows = frame.y().chunks(frame.strides().0).take(size.1);
        last = rows.flat_map(|row| &row[..size.0]).copied().collect();
        if frames == 0 {
            first.clone_from(&last);
        }
        frames += 1;
    }
    assert_eq!(size, (track.width.into(), track.height.into()));
    #[allow(clippy::cast_precision_loss)]
    let seconds = track.duration as f64 / track.timescale as f64;
    Film {
        width: size.0,
        height: size.1,
        seconds,
        frames,
        first,
        last,
    }
}

fn annex_b(mut sample: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    while let Some((length, rest)) = sample.split_first_chunk::<4>() {
        let (unit, after) = rest.split_at(u32::from_be_bytes(*length) as usize);
        stream.extend([0, 0, 0, 1]);
        stream.extend(unit);
        sample = after;
    }
    stream
}

/// Mean difference in brightness between the first frame and the last.
pub(crate) fn motion(film: &Film) -> f64 {
    let pairs = film.first.iter().zip(&film.last);
    mean(pairs.map(|(first, last)| first.abs_diff(*last).into()))
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<_> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean difference in brightness between the first frame and the picture of the same
/// size, below the stamp.
pub(crate) fn difference(film: &Film, picture: &image::RgbImage) -> f64 {
    let (width, height) = picture.dimensions();
    assert_eq!((width as usize, height as usize), (film.width, film.height));
    let skip = film.first.len() / 8;
    let expected = picture.pixels().map(|pixel| {
        let [r, g, b] = pixel.0.map(f64::from);
        16.0 + (0.2126 * r + 0.7152 * g + 0.0722 * b) * 219.0 / 255.0
    });
    let pairs = expected.zip(&film.first).skip(skip);
    mean(pairs.map(|(expected, got)| (expected - f64::from(*got)).abs()))
}
