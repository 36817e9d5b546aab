//! The request for a clip, and the frame size and count that follow from it.

use crate::RenderError;

/// Frames per second of every clip.
pub const FPS: u32 = 24;

const SECONDS: std::ops::RangeInclusive<u32> = 1..=10;
const SHORT_SIDE: std::ops::RangeInclusive<u32> = 256..=1024;
/// The largest ratio of the longest side to the shortest. It also keeps the size
/// within the encoder's limit of 3840x2160.
const WIDEST: f64 = 2.4;
const TITLE_RATIO: f64 = 3.0 / 2.0;

/// The shape of the frame. It is always limited to between 1:2.4 and 2.4:1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The shape of the upright picture, or 3:2 without a picture.
    Source,
    /// A ratio of width to height, such as 16 and 9. A picture of another shape is
    /// cropped around its centre.
    Ratio {
        /// Any unit, above zero.
        width: u32,
        /// The same unit, above zero.
        height: u32,
    },
}

/// One request for a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The short side in pixels, 256 to 1024. The models use 512 and 1024. Odd
    /// numbers are rounded down. The long side follows from the aspect, rounded to 16.
    pub short_side: u32,
    /// The shape of the frame.
    pub aspect: Aspect,
    /// Length in seconds, 1 to 10.
    pub seconds: u32,
    /// The seed of the camera's path, and of the colours of a title card.
    pub seed: u64,
    /// Whether the camera stands still, so that all frames are the same. This takes a fraction of the time.
    pub is_still: bool,
}

impl Shot {
    pub(crate) fn check(&self) -> Result<(), RenderError> {
        if !SECONDS.contains(&self.seconds) {
            return Err(RenderError::OutOfRange("a clip lasts 1 to 10 seconds"));
        }
        if !SHORT_SIDE.contains(&self.short_side) {
            let limits = "the short side of a clip is 256 to 1024 pixels";
            return Err(RenderError::OutOfRange(limits));
        }
        if matches!(self.aspect, Aspect::Ratio { width, height } if width == 0 || height == 0) {
            let limits = "both sides of an aspect ratio are above zero";
            return Err(RenderError::OutOfRange(limits));
        }
        Ok(())
    }

    pub(crate) fn frames(&self) -> u32 {
        self.seconds * FPS
    }

    /// The width and height of the clip, for an upright picture of this size.
    pub(crate) fn size(&self, picture: Option<(u32, u32)>) -> (u32, u32) {
        let asked = match self.aspect {
            Aspect::Ratio { width, height } => Some((width, height)),
            Aspect::Source => picture,
        };
        let ratio = asked.map_or(TITLE_RATIO, |(w, h)| f64::from(w) / f64::from(h));
        let ratio = ratio.clamp(1.0 / WIDEST, WIDEST);
        let short = self.short_side & !1;
        let long = f64::from(short) * ratio.max(1.0 / ratio);
        let long = ((long / 16.0).round() as u32 * 16).max(short);
        if ratio < 1.0 {
            (short, long)
        } else {
            (long, short)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(short_side: u32, aspect: Aspect) -> Shot {
        Shot {
            short_side,
            aspect,
            seconds: 5,
            seed: 0,
            is_still: false,
        }
    }

    #[test]
    fn sizes_are_the_models_own() {
        for (short, width, height, expected) in [
            (512, 3, 2, (768, 512)),
            (512, 2, 3, (512, 768)),
            (512, 1, 1, (512, 512)),
            (512, 16, 9, (912, 512)),
            (1024, 3, 2, (1536, 1024)),
            (1024, 16, 9, (1824, 1024)),
        ] {
            let shot = shot(short, Aspect::Ratio { width, height });
            assert_eq!(shot.size(None), expected, "{short} {width}:{height}");
        }
    }

    #[test]
    fn extreme_shapes_are_held_to_the_widest() {
        let following = shot(512, Aspect::Source);
        assert_eq!(following.size(Some((1, 4000))), (512, 1232));
        assert_eq!(following.size(Some((4000, 1))), (1232, 512));
        let asked = shot(
            1024,
            Aspect::Ratio {
                width: u32::MAX,
                height: 1,
            },
        );
        assert_eq!(asked.size(None), (2464, 1024));
    }

    #[test]
    fn every_size_is_even() {
        for short in 256..=1024 {
            for picture in [(1, 1), (3, 2), (999, 1000), (1000, 999), (1, 9)] {
                let (w, h) = shot(short, Aspect::Source).size(Some(picture));
                assert!(w % 2 == 0 && h % 2 == 0, "{short} {picture:?} gave {w}x{h}");
            }
        }
    }

    #[test]
    fn limits_are_checked() {
        let fine = shot(512, Aspect::Source);
        assert_eq!(fine.check(), Ok(()));
        for wrong in [
            Shot { seconds: 0, ..fine },
            Shot {
                seconds: 11,
                ..fine
            },
            Shot {
                seconds: u32::MAX,
                ..fine
            },
            Shot {
                short_side: 255,
                ..fine
            },
            Shot {
                short_side: 1025,
                ..fine
            },
            Shot {
                aspect: Aspect::Ratio {
                    width: 0,
                    height: 1,
                },
                ..fine
            },
            Shot {
                aspect: Aspect::Ratio {
                    width: 1,
                    height: 0,
                },
                ..fine
            },
        ] {
            assert!(
                matches!(wrong.check(), Err(RenderError::OutOfRange(_))),
                "{wrong:?}"
            );
        }
    }
}
