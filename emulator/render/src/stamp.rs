//! The mark on every frame which says that no model made it.
//!
//! It is at the top left, as a player's controls would cover it at the bottom.

use crate::colour::{Frame, Plane};
use crate::text::{Face, Pen};

const WORDS: &str = "emulated · no model was run";

/// The share of the picture that shows through the plate, 0 to 255.
const PLATE: u8 = 105;
const BLACK: u8 = 16;
const WHITE: u8 = 225;

/// A precomputed overlay: `out = picture × keep / 255 + add`.
struct Overlay {
    left: usize,
    top: usize,
    width: usize,
    pixels: Vec<(u8, u8)>,
}

/// The mark, precomputed for all frames of one size.
pub(crate) struct Stamp {
    luma: Overlay,
    chroma: Overlay,
}

impl Stamp {
    pub(crate) fn new(face: &Face, width: u32, height: u32) -> Self {
        let short = width.min(height) as f32;
        let em = (short * 0.026).max(10.0);
        let margin = even(short * 0.03);
        let (plate_width, plate_height) = (even(face.width(WORDS, em) + em * 1.3), even(em * 1.9));

        let pen = Pen {
            x: em * 0.65,
            baseline: em * 1.3,
        };
        let mut ink = vec![0.0_f32; plate_width * plate_height];
        face.draw(WORDS, em, pen, |x, y, coverage| {
            if let Some(pixel) = pixel(&mut ink, plate_width, x, y) {
                *pixel = pixel.max(coverage);
            }
        });
        let luma = Overlay {
            left: margin,
            top: margin,
            width: plate_width,
            pixels: ink.iter().map(|&ink| blend(ink)).collect(),
        };
        Self {
            chroma: luma.halved(),
            luma,
        }
    }

    pub(crate) fn press(&self, frame: &mut Frame) {
        self.luma.lay(&mut frame.y);
        self.chroma.lay(&mut frame.u);
        self.chroma.lay(&mut frame.v);
    }
}

fn even(length: f32) -> usize {
    (length / 2.0).round() as usize * 2
}

fn pixel(ink: &mut [f32], width: usize, x: u32, y: u32) -> Option<&mut f32> {
    ink.chunks_exact_mut(width)
        .nth(y as usize)?
        .get_mut(x as usize)
}

fn blend(ink: f32) -> (u8, u8) {
    let plate = f32::from(PLATE) / 255.0;
    let keep = plate * (1.0 - ink);
    let black = f32::from(BLACK) * (1.0 - plate) * (1.0 - ink);
    let add = black + f32::from(WHITE) * ink;
    ((keep * 255.0).round() as u8, add.round() as u8)
}

impl Overlay {
    /// The same overlay for a chroma plane of half the size. It fades to grey.
    fn halved(&self) -> Self {
        let rows: Vec<_> = self.pixels.chunks_exact(self.width).collect();
        let pixels = rows
            .chunks_exact(2)
            .flat_map(|pair| {
                let halves = pair.iter().map(|row| row.as_chunks::<2>().0);
                let mut sums = vec![0_u32; self.width / 2];
                for half in halves {
                    for (sum, [a, b]) in sums.iter_mut().zip(half) {
                        *sum += u32::from(a.0) + u32::from(b.0);
                    }
                }
                sums
            })
            .map(|sum| {
                let keep = (sum + 2) / 4;
                (keep as u8, ((128 * (255 - keep) + 127) / 255) as u8)
            })
            .collect();
        Self {
            left: self.left / 2,
            top: self.top / 2,
            width: self.width / 2,
            pixels,
        }
    }

    /// Draws the overlay. The part outside the plane is left out.
    fn lay(&self, plane: &mut Plane) {
        let rows = plane
            .rows_mut()
            .skip(self.top)
            .zip(self.pixels.chunks_exact(self.width));
        for (row, overlay) in rows {
            for (sample, &(keep, add)) in row.iter_mut().skip(self.left).zip(overlay) {
                let kept = (u32::from(*sample) * u32::from(keep) + 127) / 255;
                *sample = (kept as u8).saturating_add(add);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(u32, u32); 4] = [(256, 256), (512, 768), (768, 512), (2464, 1024)];

    fn pressed(width: u32, height: u32, grey: u8) -> Frame {
        let mut frame = Frame::new(width, height);
        frame.y.samples.fill(grey);
        Stamp::new(&Face::new().unwrap(), width, height).press(&mut frame);
        frame
    }

    #[test]
    fn the_whole_mark_fits_every_frame() {
        for (width, height) in SIZES {
            let stamp = Stamp::new(&Face::new().unwrap(), width, height).luma;
            assert!(
                stamp.left * 2 + stamp.width <= width as usize,
                "{width}x{height}"
            );
        }
    }

    #[test]
    fn it_reads_on_white_and_on_black() {
        for (width, height) in SIZES {
            for grey in [16, 235] {
                let frame = pressed(width, height, grey);
                let (left, top) = (width as usize / 20, 0);
                let region = frame
                    .y
                    .samples
                    .chunks(frame.y.width)
                    .skip(top)
                    .take(height as usize / 10);
                let region: Vec<u8> = region.flat_map(|row| row[left..].iter().copied()).collect();
                let ink = region.iter().filter(|&&y| y > 190).count();
                assert!(
                    ink > 0 && region.iter().any(|&y| y < 120),
                    "{width}x{height} on {grey}"
                );
            }
        }
    }

    #[test]
    fn the_rest_of_the_frame_is_left_alone() {
        let frame = pressed(768, 512, 100);
        assert!(frame.y.samples[768 * 100..].iter().all(|&y| y == 100));
        assert!(
            frame
                .u
                .samples
                .iter()
                .chain(&frame.v.samples)
                .all(|c| c.abs_diff(128) <= 1)
        );
    }
}
