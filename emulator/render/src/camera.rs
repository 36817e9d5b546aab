//! The slow move over a still picture: where the camera is, and what it sees.
//!
//! The picture is a flat card in front of a camera that pushes in while the
//! card turns a little. One homography a frame, the same for all three planes.
//! It starts as the identity, so the first frame is the picture itself, and
//! whatever the turn would uncover at the edges is added to the zoom.

use crate::colour::Frame;
use crate::hash::Dice;
use crate::warp::warp;

/// Distance to the card, in halves of the frame's long side.
const DISTANCE: f64 = 2.4;

/// How lively the camera is.
#[derive(Clone, Copy)]
pub(crate) enum Motion {
    /// Over a picture.
    Picture,
    /// Over a title card: calmer, so that it stays easy to read.
    Card,
}

/// Size of the picture to film for an output of this size: larger by the most
/// the camera zooms, so that nothing is ever scaled up.
pub(crate) fn stage((width, height): (u32, u32)) -> (u32, u32) {
    let larger = |side: u32| (side * 6 / 5).next_multiple_of(2);
    (larger(width), larger(height))
}

/// One shot's path.
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

    /// Films frame `index` of `picture` into `frame`.
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
        // Half of the room the zoom has made, at most: still inside.
        let room = 1.0 - 1.0 / zoom;
        view.shift = (self.pan.0 * room, self.pan.1 * room);
        view
    }
}

/// Starts and ends at rest.
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

/// From a point of the frame to a point of the picture, both in -1..1.
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

    /// How far beyond the picture's edge the frame's corners see: 1 is none.
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
