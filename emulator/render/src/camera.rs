//! The slow camera move over a still picture.
//!
//! The picture is a flat card in front of a camera that moves closer while the
//! card turns a little. Each frame has one homography for all three planes.
//! The first one is the identity, so the first frame is the picture itself. The
//! zoom is large enough that the turn shows nothing beyond the picture's edges.

use crate::colour::Frame;
use crate::hash::Dice;
use crate::warp::warp;

/// The distance to the card, in halves of the frame's long side.
const DISTANCE: f64 = 2.4;

/// The strength of the camera's motion.
#[derive(Clone, Copy)]
pub(crate) enum Motion {
    /// For a picture.
    Picture,
    /// For a title card: calmer, so that the text stays easy to read.
    Card,
}

/// The size of the picture for an output of this size. It is larger by the
/// strongest zoom of the camera, so that nothing is scaled up.
pub(crate) fn stage((width, height): (u32, u32)) -> (u32, u32) {
    let larger = |side: u32| (side * 6 / 5).next_multiple_of(2);
    (larger(width), larger(height))
}

/// The camera's path in one shot.
pub(crate) struct Camera {
    half: (f64, f64),
    last: u32,
    zoom: f64,
    yaw: f64,
    pitch: f64,
    pan: (f64, f64),
}

impl Camera {
    pub(crate) fn new(motion: Motion, seed: u64, output: (u32, u32), frames: u32) -> Self {
        let mut dice = Dice::new(seed);
        let calm = match motion {
            Motion::Picture => 1.0,
            Motion::Card => 0.4,
        };
        let long = f64::from(output.0.max(output.1));
        Self {
            half: (f64::from(output.0) / long, f64::from(output.1) / long),
            last: frames.saturating_sub(1).max(1),
            zoom: calm * dice.between(0.10, 0.15),
            yaw: calm * dice.either_side(0.06, 0.11),
            pitch: calm * dice.either_side(0.01, 0.04),
            pan: (dice.either_side(0.1, 0.5), dice.either_side(0.1, 0.4)),
        }
    }

    /// Draws frame number `index` of the shot of `picture` into `frame`.
    pub(crate) fn shoot(&self, picture: &Frame, index: u32, frame: &mut Frame) {
        let view = self.view(index);
        let sight = |x, y| view.at(x, y);
        warp(&picture.y, &mut frame.y, sight);
        warp(&picture.u, &mut frame.u, sight);
        warp(&picture.v, &mut frame.v, sight);
    }

    fn view(&self, index: u32) -> View {
        let t = smooth(f64::from(index) / f64::from(self.last));
        let mut view = View::turned(self.half, self.yaw * t, self.pitch * t);
        let zoom = 1.0 + self.zoom * t;
        view.scale = 1.0 / (zoom * view.reach());
        // The pan uses at most half of the margin that the zoom makes, so the view stays inside the picture.
        let room = 1.0 - 1.0 / zoom;
        view.shift = (self.pan.0 * room, self.pan.1 * room);
        view
    }
}

/// Eases 0..1, so that the motion starts and ends at rest.
fn smooth(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

type Vector = [f64; 3];

fn cross([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

fn dot([a, b, c]: Vector, [x, y, z]: Vector) -> f64 {
    a * x + b * y + c * z
}

/// Maps a point of the frame to a point of the picture, both in -1..1.
struct View {
    half: (f64, f64),
    rows: [Vector; 3],
    scale: f64,
    shift: (f64, f64),
}

impl View {
    fn turned(half: (f64, f64), yaw: f64, pitch: f64) -> Self {
        let ((sy, cy), (sp, cp)) = (yaw.sin_cos(), pitch.sin_cos());
        // The card's own axes, and its centre, as the camera sees them. Rays
        // meet the card where the inverse of this matrix sends them; its
        // scale cancels out, so cross products will do.
        let across = [cy, 0.0, -sy];
        let down = [sy * sp, cp, cy * sp];
        let centre = [0.0, 0.0, DISTANCE];
        let rows = [
            cross(down, centre),
            cross(centre, across),
            cross(across, down),
        ];
        Self {
            half,
            rows,
            scale: 1.0,
            shift: (0.0, 0.0),
        }
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let ray = [x * self.half.0, y * self.half.1, DISTANCE];
        let [across, down, depth] = self.rows.map(|row| dot(row, ray));
        let scale = self.scale / depth;
        (
            across * scale / self.half.0 + self.shift.0,
            down * scale / self.half.1 + self.shift.1,
        )
    }

    /// The largest coordinate of the picture that a corner of the frame shows. Above 1, it is beyond the picture's edge.
    fn reach(&self) -> f64 {
        [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)]
            .into_iter()
            .map(|(x, y)| self.at(x, y))
            .fold(1.0, |reach, (x, y)| reach.max(x.abs()).max(y.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(u32, u32); 4] = [(768, 512), (512, 512), (512, 768), (2464, 1024)];

    fn corners(view: &View) -> [(f64, f64); 4] {
        [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)].map(|(x, y)| view.at(x, y))
    }

    #[test]
    fn the_first_view_is_the_whole_picture() {
        for size in SIZES {
            let view = Camera::new(Motion::Picture, 1, size, 120).view(0);
            for ((x, y), (cx, cy)) in
                corners(&view)
                    .into_iter()
                    .zip([(-1., -1.), (1., -1.), (-1., 1.), (1., 1.)])
            {
                assert!(
                    (x - cx).abs() < 1e-9 && (y - cy).abs() < 1e-9,
                    "{size:?} {x} {y}"
                );
            }
        }
    }

    #[test]
    fn the_camera_never_sees_past_the_edges() {
        for size in SIZES {
            for seed in 0..200 {
                let camera = Camera::new(Motion::Picture, seed, size, 48);
                for index in 0..48 {
                    for (x, y) in corners(&camera.view(index)) {
                        let inside = x.abs() <= 1.0 + 1e-9 && y.abs() <= 1.0 + 1e-9;
                        assert!(inside, "{size:?} seed {seed} frame {index}: {x} {y}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_last_view_is_closer_and_depends_on_the_seed() {
        let end = |seed| corners(&Camera::new(Motion::Picture, seed, (768, 512), 48).view(47));
        let [(left, top), (right, _), (_, bottom), _] = end(1);
        assert!(right - left < 1.9 && bottom - top < 1.9);
        assert_ne!(end(1), end(2));
    }
}
