//! Draws one plane from another with bilinear interpolation: the inner loop of the renderer.

use crate::colour::Plane;

/// The pixels between exactly computed points. Between these, coordinates are
/// interpolated, as a float division for each pixel takes twice the time.
const SPAN: usize = 16;

/// Fills `to` from `from`. `sight` maps a point of `to` to a point of `from`,
/// both in -1..1.
pub(crate) fn warp(from: &Plane, to: &mut Plane, sight: impl Fn(f64, f64) -> (f64, f64)) {
    let to_x = 2.0 / to.width as f64;
    let to_y = 2.0 / to.height as f64;
    let sampler = Sampler::new(from);
    for (y, row) in to.rows_mut().enumerate() {
        let y = (y as f64 + 0.5) * to_y - 1.0;
        let exact = |x: usize| sampler.locate(sight((x as f64 + 0.5) * to_x - 1.0, y));
        let mut here = exact(0);
        for (index, span) in row.chunks_mut(SPAN).enumerate() {
            let next = exact((index + 1) * SPAN);
            let step = (
                (next.0 - here.0) / SPAN as i32,
                (next.1 - here.1) / SPAN as i32,
            );
            for (sample, n) in span.iter_mut().zip(0_i32..) {
                *sample = sampler.read(here.0 + step.0 * n, here.1 + step.1 * n);
            }
            here = next;
        }
    }
}

/// Interpolates between samples. Positions are 16.16 fixed point.
struct Sampler<'a> {
    samples: &'a [u8],
    stride: usize,
    size: (f64, f64),
    /// The last position that has a neighbour to its right and below.
    last: (i32, i32),
}

impl<'a> Sampler<'a> {
    fn new(plane: &'a Plane) -> Self {
        let last = |side: usize| (side.saturating_sub(1) << 16) as i32 - 1;
        Self {
            samples: &plane.samples,
            stride: plane.width,
            size: (plane.width as f64, plane.height as f64),
            last: (last(plane.width), last(plane.height)),
        }
    }

    /// The position of a point given in -1..1. Spans may end outside the plane.
    /// The position is clamped, so that interpolating towards it cannot overflow.
    fn locate(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let fix = |at: f64, side: f64| {
            let at = (at * 0.5 + 0.5) * side - 0.5;
            (at.clamp(-8192.0, 8192.0) * 65_536.0) as i32
        };
        (fix(x, self.size.0), fix(y, self.size.1))
    }

    fn read(&self, x: i32, y: i32) -> u8 {
        let (x, y) = (x.min(self.last.0).max(0), y.min(self.last.1).max(0));
        let at = (y >> 16) as usize * self.stride + (x >> 16) as usize;
        let pair = |at: usize| self.samples.get(at..).and_then(<[u8]>::first_chunk::<2>);
        let (Some(top), Some(bottom)) = (pair(at), pair(at + self.stride)) else {
            return 0;
        };
        let (x, y) = ((x as u32 >> 8) & 255, (y as u32 >> 8) & 255);
        let across = |[a, b]: [u8; 2]| u32::from(a) * (256 - x) + u32::from(b) * x;
        ((across(*top) * (256 - y) + across(*bottom) * y + (1 << 15)) >> 16) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, height: usize, sample: impl Fn(usize, usize) -> u8) -> Plane {
        let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let samples = rows.map(|(x, y)| sample(x, y)).collect();
        Plane {
            width,
            height,
            samples,
        }
    }

    #[test]
    fn the_identity_changes_nothing() {
        // Widths that are not multiples of a span, so that the last span ends outside.
        for width in 40..60 {
            let from = plane(width, 30, |x, y| (x * 4 + y) as u8);
            let mut to = plane(width, 30, |_, _| 0);
            warp(&from, &mut to, |x, y| (x, y));
            let off = from.samples.iter().zip(&to.samples);
            let most = off.map(|(a, b)| a.abs_diff(*b)).max();
            assert!(most <= Some(1), "{width}: {most:?}");
        }
    }

    #[test]
    fn a_mirror_turns_the_row_around() {
        let from = plane(33, 4, |x, _| (x * 7) as u8);
        let mut to = plane(33, 4, |_, _| 0);
        warp(&from, &mut to, |x, y| (-x, y));
        for (x, sample) in to.samples.iter().take(33).enumerate() {
            assert!(sample.abs_diff(((32 - x) * 7) as u8) <= 1, "{x}: {sample}");
        }
    }

    #[test]
    fn a_flat_plane_stays_flat_wherever_one_looks() {
        let from = plane(40, 40, |_, _| 77);
        let mut to = plane(37, 21, |_, _| 0);
        for scale in [0.1, 1.0, 3.0, 1e9, f64::NAN] {
            warp(&from, &mut to, |x, y| (x * scale, y * scale));
            assert!(to.samples.iter().all(|&sample| sample == 77), "{scale}");
        }
    }
}
