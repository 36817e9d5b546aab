//! The background of a title card: a gradient of two dark colours with a glow, dithered against banding.

use image::RgbImage;

use crate::hash::Dice;

/// An sRGB colour.
pub(crate) type Rgb = [u8; 3];

/// The colours of one card.
pub(crate) struct Palette {
    from: Oklch,
    to: Oklch,
    /// Where the glow sits, as shares of width and height.
    glow: (f64, f64),
    pub(crate) ink: Rgb,
    pub(crate) accent: Rgb,
}

impl Palette {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let hue = dice.between(0.0, 360.0);
        let turned = hue + dice.either_side(35.0, 75.0);
        Self {
            from: Oklch {
                lightness: 0.40,
                chroma: 0.085,
                hue,
            },
            to: Oklch {
                lightness: 0.23,
                chroma: 0.045,
                hue: turned,
            },
            glow: (dice.between(0.65, 0.95), dice.between(0.05, 0.35)),
            ink: Oklch {
                lightness: 0.97,
                chroma: 0.01,
                hue,
            }
            .rgb(),
            accent: Oklch {
                lightness: 0.82,
                chroma: 0.09,
                hue,
            }
            .rgb(),
        }
    }
}

/// A colour in OKLCH, whose lightness is perceptual: white text is equally readable on every hue.
#[derive(Clone, Copy)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: f64,
}

impl Oklch {
    /// The colour in linear light, in which colours can be mixed.
    fn linear(self) -> [f64; 3] {
        let (sin, cos) = self.hue.to_radians().sin_cos();
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ]
    }

    fn srgb(self) -> [f64; 3] {
        self.linear().map(|light| match light.clamp(0.0, 1.0) {
            light if light <= 0.003_130_8 => light * 12.92,
            light => 1.055 * light.powf(1.0 / 2.4) - 0.055,
        })
    }

    fn rgb(self) -> Rgb {
        self.srgb().map(|channel| (channel * 255.0).round() as u8)
    }
}

pub(crate) fn paint(palette: &Palette, width: u32, height: u32) -> RgbImage {
    let (from, to) = (palette.from.srgb(), palette.to.srgb());
    let (wide, high) = (f64::from(width), f64::from(height));
    let reach = wide.hypot(high) * 0.75;
    RgbImage::from_fn(width, height, |x, y| {
        let (px, py) = (f64::from(x), f64::from(y));
        let far = (px - palette.glow.0 * wide).hypot(py - palette.glow.1 * high) / reach;
        let slope = (1.0 - px / wide) * 0.15 + py / high * 0.35;
        let mix = smooth((far * 0.75 + slope).clamp(0.0, 1.0));
        let grain = dither(x, y);
        let [[r, g, b], [r2, g2, b2]] = [from, to];
        let channels = [(r, r2), (g, g2), (b, b2)];
        image::Rgb(channels.map(|(a, b)| ((a + (b - a) * mix) * 255.0 + grain).round() as u8))
    })
}

fn smooth(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

/// Noise of at most one level, which hides the steps of a gradient.
fn dither(x: u32, y: u32) -> f64 {
    let noise = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77);
    let noise = (noise ^ (noise >> 15)).wrapping_mul(0x2c1b_3c6d);
    f64::from((noise >> 12) & 0xff) / 128.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance that WCAG defines.
    fn luminance(rgb: Rgb) -> f64 {
        let [r, g, b] = rgb.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn words_stand_out_on_every_card() {
        for seed in 0..360 {
            let palette = Palette::new(&mut Dice::new(seed));
            let brightest = luminance(palette.from.rgb()).max(luminance(palette.to.rgb()));
            let contrast = |rgb| (luminance(rgb) + 0.05) / (brightest + 0.05);
            assert!(
                contrast(palette.ink) > 7.0,
                "ink, seed {seed}: {}",
                contrast(palette.ink)
            );
            assert!(contrast(palette.accent) > 4.5, "accent, seed {seed}");
        }
    }

    #[test]
    fn neutral_colours_come_out_neutral() {
        let grey = Oklch {
            lightness: 1.0,
            chroma: 0.0,
            hue: 0.0,
        };
        assert_eq!(grey.rgb(), [255, 255, 255]);
        let black = Oklch {
            lightness: 0.0,
            chroma: 0.0,
            hue: 0.0,
        };
        assert_eq!(black.rgb(), [0, 0, 0]);
    }
}
