//! Helpers of the tests: input pictures, and a decoder for the clips.

use std::io::Cursor;
use std::sync::atomic::AtomicBool;

use fal_emulator_render::{Aspect, Clip, RenderError, Shot, Source, render};
use image::{DynamicImage, ImageFormat, RgbImage};
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use re_mp4::{Mp4, StsdBoxContent};

/// One second at the smallest size, which is enough for most tests.
pub(crate) const QUICK: Shot = Shot {
    short_side: 256,
    aspect: Aspect::Source,
    seconds: 1,
    seed: 1,
    is_still: false,
};

pub(crate) fn shoot(source: &Source<'_>, shot: &Shot) -> Result<Clip, RenderError> {
    render(source, shot, &AtomicBool::new(false), &|_, _| {})
}

/// A picture similar to a photograph: a soft sky over tiles with hard edges.
pub(crate) fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let sky = 210.0 - 120.0 * v + 40.0 * (u * 5.0).cos();
        let tile = ((u * 21.0) as u32 + (v * 14.0) as u32) % 2;
        let grey = (sky as u8).saturating_sub(if v > 0.4 { tile as u8 * 70 } else { 0 });
        image::Rgb([grey.saturating_add(9), grey, 255 - grey])
    })
}

pub(crate) fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A clip, parsed and decoded by code that shares nothing with the renderer.
pub(crate) struct Film {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// The duration in the container, in seconds.
    pub(crate) duration: f64,
    pub(crate) keyframes: Vec<usize>,
    /// Brightness of each frame, row by row.
    pub(crate) frames: Vec<Vec<u8>>,
    /// Both colour differences in the middle of the last frame.
    pub(crate) chroma: (u8, u8),
}

pub(crate) fn watch(clip: &Clip) -> Film {
    let mp4 = Mp4::read_bytes(&clip.mp4).unwrap();
    let track = mp4.tracks().values().next().unwrap();
    let StsdBoxContent::Avc1(avc1) = &track.trak(&mp4).mdia.minf.stbl.stsd.contents else {
        panic!("not H.264");
    };
    let sets = avc1
        .avcc
        .sequence_parameter_sets
        .iter()
        .chain(&avc1.avcc.picture_parameter_sets);
    let mut stream: Vec<u8> = sets
        .flat_map(|set| [&[0, 0, 0, 1], &set.bytes[..]].concat())
        .collect();

    let mut decoder = Decoder::new().unwrap();
    let mut frames = Vec::new();
    let mut chroma = (0, 0);
    for sample in &track.samples {
        stream.extend(annex_b(&clip.mp4[sample.byte_range()]));
        let picture = decoder
            .decode(&stream)
            .unwrap()
            .expect("a picture for every sample");
        let (width, height) = picture.dimensions();
        assert_eq!((width, height), (clip.width as usize, clip.height as usize));
        let rows = picture.y().chunks(picture.strides().0).take(height);
        frames.push(rows.flat_map(|row| &row[..width]).copied().collect());
        let middle = height / 4 * picture.strides().1 + width / 4;
        chroma = (picture.u()[middle], picture.v()[middle]);
        stream.clear();
    }
    let keyframes = (0..)
        .zip(&track.samples)
        .filter(|(_, s)| s.is_sync)
        .map(|(n, _)| n)
        .collect();
    Film {
        width: track.width.into(),
        height: track.height.into(),
        duration: track.duration as f64 / track.timescale as f64,
        keyframes,
        frames,
        chroma,
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

/// The expected brightness of a clip of this picture: cropped to cover the frame, BT.709, limited range.
pub(crate) fn expected_luma(picture: &RgbImage, width: u32, height: u32) -> Vec<u8> {
    let cover = DynamicImage::from(picture.clone());
    let cover = cover.resize_to_fill(width, height, image::imageops::FilterType::CatmullRom);
    let luma = |p: &image::Rgb<u8>| {
        let [r, g, b] = p.0.map(f32::from);
        16.0 + (0.2126 * r + 0.7152 * g + 0.0722 * b) * 219.0 / 255.0
    };
    cover
        .into_rgb8()
        .pixels()
        .map(|pixel| luma(pixel).round() as u8)
        .collect()
}

/// Mean absolute difference below the stamp.
pub(crate) fn difference(a: &[u8], b: &[u8], width: usize) -> f64 {
    assert_eq!(a.len(), b.len());
    let skip = a.len() / width / 8 * width;
    let pairs = a.iter().zip(b).skip(skip);
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / (a.len() - skip) as f64
}
