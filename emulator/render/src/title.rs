//! The title card, which shows the prompt if there is no picture.

use image::RgbImage;

use crate::backdrop::{self, Palette, Rgb};
use crate::hash::Dice;
use crate::setting::{LEADING, Setting, wording};
use crate::text::{Face, Pen};

/// The margin at the left and right, as a share of the card's short side.
const SIDE_MARGIN: f32 = 0.12;
/// The margin at the top and bottom, as such a share. The stamp is in the upper one, and a player's controls in the lower.
const END_MARGIN: f32 = 0.2;

/// Draws the card. The same prompt, seed and size give the same pixels.
pub(crate) fn card(face: &Face, prompt: &str, seed: u64, (width, height): (u32, u32)) -> RgbImage {
    let palette = Palette::new(&mut Dice::of_text(prompt, seed));
    let mut card = backdrop::paint(&palette, width, height);

    let (width, height) = (width as f32, height as f32);
    let short = width.min(height);
    let left = short * SIDE_MARGIN;
    let room = (width - 2.0 * left, height - 2.0 * short * END_MARGIN);
    let setting = Setting::fit(face, &wording(face, prompt), short, room);

    let block = setting.lines.len() as f32 * LEADING * setting.em;
    let top = (height - block) / 2.0 + short * 0.02;
    let rule = short * 0.007;
    fill(
        &mut card,
        (left, top - short * 0.045),
        (short * 0.1, rule),
        palette.accent,
    );

    let mut baseline = top + setting.em;
    for line in &setting.lines {
        write(
            &mut card,
            face,
            line,
            setting.em,
            Pen { x: left, baseline },
            palette.ink,
        );
        baseline += LEADING * setting.em;
    }
    let small = short * 0.03;
    let baseline = top + block + short * 0.055;
    write(
        &mut card,
        face,
        &format!("seed {seed}"),
        small,
        Pen { x: left, baseline },
        palette.accent,
    );
    card
}

fn write(card: &mut RgbImage, face: &Face, line: &str, em: f32, pen: Pen, colour: Rgb) {
    face.draw(line, em, pen, |x, y, coverage| {
        if let Some(pixel) = card.get_pixel_mut_checked(x, y) {
            for (channel, ink) in pixel.0.iter_mut().zip(colour) {
                let under = f32::from(*channel);
                *channel = (under + (f32::from(ink) - under) * coverage).round() as u8;
            }
        }
    });
}

fn fill(card: &mut RgbImage, (x, y): (f32, f32), (width, height): (f32, f32), colour: Rgb) {
    for y in y as u32..(y + height.max(1.0)) as u32 {
        for x in x as u32..(x + width) as u32 {
            if let Some(pixel) = card.get_pixel_mut_checked(x, y) {
                pixel.0 = colour;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompt_and_seed_both_change_the_card() {
        let face = Face::new().unwrap();
        let draw = |prompt, seed| card(&face, prompt, seed, (308, 308)).into_raw();
        assert_eq!(draw("Fog", 1), draw("Fog", 1));
        assert_ne!(draw("Fog", 1), draw("Fog", 2));
        assert_ne!(draw("Fog", 1), draw("Dog", 1));
    }
}
