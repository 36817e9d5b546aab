//! Writes a minimal MP4 that plays everywhere: one track, constant frame rate,
//! `moov` first, then all samples in one chunk.
//!
//! Written by hand: such a file takes less code than the crates for all MP4s take dependencies.

use crate::track::{Sample, Track};
use crate::{FPS, RenderError};

/// Ticks per frame, and per second. Both are whole, so durations are exact.
const TICKS: u32 = 512;
const TIMESCALE: u32 = TICKS * FPS;

const MATRIX: [u32; 9] = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30];

pub(crate) fn write(track: &Track, width: u32, height: u32) -> Result<Vec<u8>, RenderError> {
    let ftyp = boxed(
        *b"ftyp",
        &[b"isom", &512_u32.to_be_bytes(), b"isomiso2avc1mp41"],
    );
    // The first `moov` is only for its length, which determines the offset of the samples.
    let head = ftyp.len() + moov(track, width, height, 0).len() + 8;
    let total = u32::try_from(head + track.data.len());
    if total.is_err() || !fits_u16(width) || !fits_u16(height) {
        return Err(RenderError::encoder("the file would be too large"));
    }
    let moov = moov(track, width, height, head as u32);
    Ok([ftyp, moov, boxed(*b"mdat", &[&track.data])].concat())
}

fn fits_u16(side: u32) -> bool {
    u16::try_from(side).is_ok()
}

/// A box: length, name and content.
fn boxed(name: [u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let length = 8 + content.iter().map(|part| part.len()).sum::<usize>();
    let mut out = Vec::with_capacity(length);
    out.extend((length as u32).to_be_bytes());
    out.extend(name);
    out.extend(content.concat());
    out
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A box of 32-bit words, of which the first has version and flags.
fn table(name: [u8; 4], content: &[u32]) -> Vec<u8> {
    boxed(name, &[&words(content)])
}

fn moov(track: &Track, width: u32, height: u32, first_sample: u32) -> Vec<u8> {
    let duration = track.samples.len() as u32 * TICKS;
    // Rate 1.0, volume 1.0; two reserved words, matrix, six more; next track 2.
    let mvhd = [
        &[0, 0, 0, TIMESCALE, duration, 1 << 16, 1 << 24, 0, 0],
        &MATRIX[..],
    ]
    .concat();
    let mvhd = table(*b"mvhd", &[&mvhd[..], &[0; 6], &[2]].concat());
    // Flags: enabled, in movie, in preview. Track 1; layer, volume and so on 0.
    let tkhd = [&[7, 0, 0, 1, 0, duration, 0, 0, 0, 0], &MATRIX[..]].concat();
    let tkhd = table(
        *b"tkhd",
        &[&tkhd[..], &[width << 16, height << 16]].concat(),
    );
    let mdia = mdia(track, width, height, first_sample, duration);
    boxed(*b"moov", &[&mvhd, &boxed(*b"trak", &[&tkhd, &mdia])])
}

fn mdia(track: &Track, width: u32, height: u32, first_sample: u32, duration: u32) -> Vec<u8> {
    // Language "und", five bits a letter.
    let mdhd = table(*b"mdhd", &[0, 0, 0, TIMESCALE, duration, 0x55c4 << 16]);
    let hdlr = boxed(*b"hdlr", &[&[0; 8], b"vide", &[0; 12], b"video\0"]);
    let vmhd = table(*b"vmhd", &[1, 0, 0]);
    // Flag 1: the samples are in this file.
    let url = table(*b"url ", &[1]);
    let dinf = boxed(*b"dinf", &[&boxed(*b"dref", &[&words(&[0, 1]), &url])]);
    let stbl = stbl(track, width, height, first_sample);
    let minf = boxed(*b"minf", &[&vmhd, &dinf, &stbl]);
    boxed(*b"mdia", &[&mdhd, &hdlr, &minf])
}

fn stbl(track: &Track, width: u32, height: u32, first_sample: u32) -> Vec<u8> {
    let count = track.samples.len() as u32;
    let sizes: Vec<u32> = track.samples.iter().map(|sample| sample.bytes).collect();
    let keys = keyframes(&track.samples);
    boxed(
        *b"stbl",
        &[
            &boxed(*b"stsd", &[&words(&[0, 1]), &avc1(track, width, height)]),
            &table(*b"stts", &[0, 1, count, TICKS]),
            &table(*b"stss", &[&[0, keys.len() as u32], &keys[..]].concat()),
            &table(*b"stsc", &[0, 1, 1, count, 1]),
            &table(*b"stsz", &[&[0, 0, count], &sizes[..]].concat()),
            &table(*b"stco", &[0, 1, first_sample]),
        ],
    )
}

/// Numbers of the keyframes, counted from one.
fn keyframes(samples: &[Sample]) -> Vec<u32> {
    (1..)
        .zip(samples)
        .filter(|(_, sample)| sample.is_key)
        .map(|(number, _)| number)
        .collect()
}

fn avc1(track: &Track, width: u32, height: u32) -> Vec<u8> {
    let sides = words(&[(width << 16) | height]);
    // 72 dpi twice, a reserved word, one frame a sample.
    let resolution = words(&[72 << 16, 72 << 16, 0]);
    // BT.709 for primaries, transfer and matrix; limited range, as `colour` produces it.
    let colr = boxed(*b"colr", &[b"nclx", &[0, 1, 0, 1, 0, 1, 0]]);
    let pasp = boxed(*b"pasp", &[&words(&[1, 1])]);
    boxed(
        *b"avc1",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 16],
            &sides,
            &resolution,
            &[0, 1],
            &[0; 32],
            &[0, 24, 0xff, 0xff],
            &avc_c(track),
            &colr,
            &pasp,
        ],
    )
}

/// Profile, compatibility and level repeat bytes 1 to 3 of the sequence set.
fn avc_c(track: &Track) -> Vec<u8> {
    let profile = track.sps.get(1..4).unwrap_or(&[0; 3]);
    let size = |set: &[u8]| (set.len() as u16).to_be_bytes();
    boxed(
        *b"avcC",
        &[
            &[1],
            profile,
            // Lengths of four bytes; one sequence set.
            &[0xff, 0xe1],
            &size(&track.sps),
            &track.sps,
            &[1],
            &size(&track.pps),
            &track.pps,
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let sample = |bytes, is_key| Sample { bytes, is_key };
        let track = Track {
            sps: vec![0x67, 0x42, 0xc0, 0x1e, 9],
            pps: vec![0x68, 0xce],
            data: (0..60).collect(),
            samples: vec![sample(30, true), sample(20, false), sample(10, true)],
        };
        write(&track, 768, 512).unwrap()
    }

    fn boxes(mut bytes: &[u8]) -> Vec<(String, &[u8])> {
        let mut found = Vec::new();
        while let [a, b, c, d, rest @ ..] = bytes {
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            found.push((
                String::from_utf8_lossy(&rest[..4]).into(),
                &bytes[8..length],
            ));
            bytes = &bytes[length..];
        }
        found
    }

    /// The content of the box at this path.
    fn at<'a>(bytes: &'a [u8], path: &str) -> &'a [u8] {
        path.split('/').fold(bytes, |inside, name| {
            boxes(inside)
                .into_iter()
                .find(|(found, _)| found == name)
                .unwrap()
                .1
        })
    }

    fn word(bytes: &[u8], index: usize) -> u32 {
        u32::from_be_bytes(bytes[index * 4..][..4].try_into().unwrap())
    }

    #[test]
    fn the_index_comes_before_the_samples() {
        let file = file();
        let names: Vec<_> = boxes(&file).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["ftyp", "moov", "mdat"]);
    }

    #[test]
    fn the_chunk_offset_points_at_the_first_sample() {
        let file = file();
        let stco = at(&file, "moov/trak/mdia/minf/stbl/stco");
        let samples = &file[word(stco, 2) as usize..];
        assert_eq!(samples, (0..60).collect::<Vec<u8>>());
    }

    #[test]
    fn durations_agree_and_are_exact() {
        let file = file();
        let movie = at(&file, "moov/mvhd");
        let track = at(&file, "moov/trak/tkhd");
        let media = at(&file, "moov/trak/mdia/mdhd");
        assert_eq!((movie.len(), track.len(), media.len()), (100, 84, 24));
        assert_eq!((word(movie, 3), word(media, 3)), (12_288, 12_288));
        assert_eq!(
            (word(movie, 4), word(track, 5), word(media, 4)),
            (1536, 1536, 1536)
        );
        assert_eq!((word(track, 19), word(track, 20)), (768 << 16, 512 << 16));
    }

    #[test]
    fn sample_tables_list_sizes_and_keyframes() {
        let file = file();
        let stbl = at(&file, "moov/trak/mdia/minf/stbl");
        let read = |name| {
            at(stbl, name)
                .chunks(4)
                .map(|c| word(c, 0))
                .collect::<Vec<_>>()
        };
        assert_eq!(read("stts"), [0, 1, 3, 512]);
        assert_eq!(read("stss"), [0, 2, 1, 3]);
        assert_eq!(read("stsc"), [0, 1, 1, 3, 1]);
        assert_eq!(read("stsz"), [0, 0, 3, 30, 20, 10]);
    }

    #[test]
    fn the_description_holds_the_parameter_sets() {
        let file = file();
        let stsd = at(&file, "moov/trak/mdia/minf/stbl/stsd");
        let avc1 = at(&stsd[8..], "avc1");
        let inner: Vec<_> = boxes(&avc1[78..])
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(inner, ["avcC", "colr", "pasp"]);
        let avc_c = at(&avc1[78..], "avcC");
        let expected = [
            1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 5, 0x67, 0x42, 0xc0, 0x1e, 9, 1, 0, 2, 0x68, 0xce,
        ];
        assert_eq!(avc_c, expected);
    }
}
