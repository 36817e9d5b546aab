//! Converts the encoder's H.264 stream to the form of an MP4 file.
//!
//! The encoder writes Annex B: each unit follows a start code, and each keyframe
//! follows parameter sets. An MP4 has lengths in place of start codes, and stores
//! the sets once, apart from the samples.

use openh264::encoder::EncodedBitStream;

use crate::RenderError;

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) bytes: u32,
    pub(crate) is_key: bool,
}

/// A part of a video, in the form of an MP4.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    /// Sequence parameter set.
    pub(crate) sps: Vec<u8>,
    /// Picture parameter set.
    pub(crate) pps: Vec<u8>,
    /// All samples in sequence. Each unit follows its length in four bytes.
    pub(crate) data: Vec<u8>,
    pub(crate) samples: Vec<Sample>,
}

impl Track {
    pub(crate) fn add_sample(&mut self, stream: &EncodedBitStream<'_>) -> Result<(), RenderError> {
        let start = self.data.len();
        let mut is_key = false;
        for layer in (0..stream.num_layers()).filter_map(|n| stream.layer(n)) {
            for unit in (0..layer.nal_count()).filter_map(|n| layer.nal_unit(n)) {
                is_key |= self.add_unit(without_start_code(unit))?;
            }
        }
        if self.data.len() == start {
            return Err(RenderError::encoder("a frame came out empty"));
        }
        self.samples.push(Sample {
            bytes: length(self.data.len() - start)?,
            is_key,
        });
        Ok(())
    }

    /// Adds a unit. Returns whether it belongs to a keyframe.
    fn add_unit(&mut self, unit: &[u8]) -> Result<bool, RenderError> {
        let kind = unit.first().map(|header| header & 31);
        match kind {
            Some(7) => self.sps = unit.to_vec(),
            Some(8) => self.pps = unit.to_vec(),
            Some(_) => {
                self.data.extend(length(unit.len())?.to_be_bytes());
                self.data.extend(unit);
            }
            None => {}
        }
        Ok(kind == Some(5))
    }

    /// Joins parts in order. The file has one description for all of them, so they
    /// must have the same parameter sets.
    pub(crate) fn join(chunks: impl IntoIterator<Item = Self>) -> Result<Self, RenderError> {
        let mut chunks = chunks.into_iter();
        let mut whole = chunks.next().unwrap_or_default();
        for chunk in chunks {
            if (&chunk.sps, &chunk.pps) != (&whole.sps, &whole.pps) {
                return Err(RenderError::encoder("its parts do not match"));
            }
            whole.data.extend(chunk.data);
            whole.samples.extend(chunk.samples);
        }
        if whole.sps.is_empty() || whole.pps.is_empty() {
            return Err(RenderError::encoder("it has no parameter sets"));
        }
        Ok(whole)
    }
}

fn without_start_code(unit: &[u8]) -> &[u8] {
    let codes: [&[u8]; 2] = [&[0, 0, 0, 1], &[0, 0, 1]];
    codes
        .into_iter()
        .find_map(|code| unit.strip_prefix(code))
        .unwrap_or(unit)
}

fn length(bytes: usize) -> Result<u32, RenderError> {
    u32::try_from(bytes).map_err(|_| RenderError::encoder("a frame is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(pps: u8, data: &[u8]) -> Track {
        let sample = Sample {
            bytes: length(data.len()).unwrap(),
            is_key: true,
        };
        Track {
            sps: vec![0x67, 1],
            pps: vec![0x68, pps],
            data: data.to_vec(),
            samples: vec![sample],
        }
    }

    #[test]
    fn both_start_codes_are_taken_off() {
        assert_eq!(without_start_code(&[0, 0, 0, 1, 0x65, 9]), [0x65, 9]);
        assert_eq!(without_start_code(&[0, 0, 1, 0x65, 9]), [0x65, 9]);
        assert_eq!(without_start_code(&[0x65, 9]), [0x65, 9]);
    }

    #[test]
    fn parameter_sets_are_kept_aside() {
        let mut track = Track::default();
        for unit in [&[0x67, 1, 2][..], &[0x68, 3], &[0x65, 4, 5], &[]] {
            track.add_unit(unit).unwrap();
        }
        assert_eq!(
            (&track.sps[..], &track.pps[..]),
            (&[0x67, 1, 2][..], &[0x68, 3][..])
        );
        assert_eq!(track.data, [0, 0, 0, 3, 0x65, 4, 5]);
    }

    #[test]
    fn chunks_join_in_order() {
        let whole = Track::join([chunk(1, &[1, 2]), chunk(1, &[3])]).unwrap();
        assert_eq!(whole.data, [1, 2, 3]);
        assert_eq!(
            whole.samples.iter().map(|s| s.bytes).collect::<Vec<_>>(),
            [2, 1]
        );
    }

    #[test]
    fn chunks_of_different_encoders_do_not_join() {
        assert!(Track::join([chunk(1, &[1]), chunk(2, &[2])]).is_err());
        assert!(Track::join([]).is_err());
    }
}
