//! Pictures in the format of the encoder: three planes, BT.709, limited range.
//!
//! The matrix must agree with the one that `encode` declares in the stream and
//! `mp4` in its `colr` box. The encoder crate's own converter uses BT.601.

use image::RgbImage;
use openh264::formats::YUVSource;

/// One plane of 8-bit samples, rows without padding.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<u8>,
}

impl Plane {
    fn new(width: usize, height: usize, value: u8) -> Self {
        Self {
            width,
            height,
            samples: vec![value; width * height],
        }
    }

    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.samples.chunks_exact_mut(self.width.max(1))
    }
}

/// A picture in YUV 4:2:0. Sides are even.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) y: Plane,
    pub(crate) u: Plane,
    pub(crate) v: Plane,
}

impl Frame {
    /// A black picture.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self {
            y: Plane::new(width, height, 16),
            u: Plane::new(width / 2, height / 2, 128),
            v: Plane::new(width / 2, height / 2, 128),
        }
    }

    /// Converts sRGB. An odd last row or column stays black.
    pub(crate) fn from_rgb(image: &RgbImage) -> Self {
        let mut frame = Self::new(image.width(), image.height());
        let stride = image.width() as usize * 3;
        let pairs = image.as_raw().chunks_exact(stride.max(1) * 2);
        let luma = frame.y.samples.chunks_exact_mut(frame.y.width.max(1) * 2);
        let chroma = frame.u.rows_mut().zip(frame.v.rows_mut());
        for ((rgb, luma), (u, v)) in pairs.zip(luma).zip(chroma) {
            for (y, rgb) in luma.iter_mut().zip(rgb.as_chunks::<3>().0) {
                *y = luma_of(*rgb);
            }
            let (top, bottom) = rgb.split_at(stride);
            let blocks = top.as_chunks::<6>().0.iter().zip(bottom.as_chunks::<6>().0);
            for ((top, bottom), (u, v)) in blocks.zip(u.iter_mut().zip(v)) {
                (*u, *v) = chroma_of(*top, *bottom);
            }
        }
        frame
    }
}

/// 16.16 fixed point; the rows sum to 219/255, 0 and 0.
const TO_Y: [i32; 3] = [11_966, 40_254, 4_064];
const TO_U: [i32; 3] = [-6_596, -22_189, 28_785];
const TO_V: [i32; 3] = [28_785, -26_145, -2_640];

fn dot(row: [i32; 3], [r, g, b]: [i32; 3]) -> i32 {
    let [x, y, z] = row;
    x * r + y * g + z * b
}

fn luma_of(rgb: [u8; 3]) -> u8 {
    (16 + ((dot(TO_Y, rgb.map(i32::from)) + (1 << 15)) >> 16)) as u8
}

/// The chroma of a block of two by two pixels, given as two rows of six bytes.
fn chroma_of(top: [u8; 6], bottom: [u8; 6]) -> (u8, u8) {
    let [r0, g0, b0, r1, g1, b1] = top.map(i32::from);
    let [r2, g2, b2, r3, g3, b3] = bottom.map(i32::from);
    let sum = [r0 + r1 + r2 + r3, g0 + g1 + g2 + g3, b0 + b1 + b2 + b3];
    let scale = |row| (128 + ((dot(row, sum) + (1 << 17)) >> 18)) as u8;
    (scale(TO_U), scale(TO_V))
}

impl YUVSource for Frame {
    fn dimensions(&self) -> (usize, usize) {
        (self.y.width, self.y.height)
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.y.width, self.u.width, self.v.width)
    }

    fn y(&self) -> &[u8] {
        &self.y.samples
    }

    fn u(&self) -> &[u8] {
        &self.u.samples
    }

    fn v(&self) -> &[u8] {
        &self.v.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuv(rgb: [u8; 3]) -> (u8, u8, u8) {
        let frame = Frame::from_rgb(&RgbImage::from_pixel(2, 2, image::Rgb(rgb)));
        (frame.y.samples[0], frame.u.samples[0], frame.v.samples[0])
    }

    #[test]
    fn known_colours_match_bt709_limited_range() {
        assert_eq!(yuv([0, 0, 0]), (16, 128, 128));
        assert_eq!(yuv([255, 255, 255]), (235, 128, 128));
        assert_eq!(yuv([255, 0, 0]), (63, 102, 240));
        assert_eq!(yuv([0, 255, 0]), (173, 42, 26));
        assert_eq!(yuv([0, 0, 255]), (32, 240, 118));
    }

    #[test]
    fn chroma_is_the_mean_of_its_four_pixels() {
        let mut image = RgbImage::from_pixel(2, 2, image::Rgb([0, 0, 0]));
        image.put_pixel(1, 1, image::Rgb([255, 0, 0]));
        let frame = Frame::from_rgb(&image);
        assert_eq!(frame.v.samples, [156]);
        assert_eq!(frame.y.samples, [16, 16, 16, 63]);
    }
}
