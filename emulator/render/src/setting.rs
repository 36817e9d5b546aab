//! Lays out the text of a title card: its words, type size and lines.

use crate::text::Face;

const EMPTY: &str = "No prompt was given";
const UNREADABLE: &str = "The prompt is in a script this card has no letters for";

/// The most characters of a prompt. A longer text could not be read on a card.
const MAX_CHARACTERS: usize = 1200;

/// Type sizes, as shares of the card's short side.
const LARGEST: f32 = 0.098;
const SMALLEST: f32 = 0.038;
/// Type above this size may have only a few lines. At this size and below, long
/// words are broken.
const MODEST: f32 = 0.062;
const FEW_LINES: usize = 5;

/// Line height, in ems.
pub(crate) const LEADING: f32 = 1.3;

/// The text for the card: the prompt without characters that the typeface lacks.
/// If the prompt is empty or too many are missing, it is a fixed text instead.
pub(crate) fn wording(face: &Face, prompt: &str) -> String {
    let mut shown = String::new();
    let (mut present, mut missing) = (0_usize, 0_usize);
    for character in prompt.chars().take(MAX_CHARACTERS) {
        if character.is_whitespace() {
            shown.push(' ');
        } else if character.is_control() || is_joiner(character) {
        } else if face.has(character) {
            shown.push(character);
            present += 1;
        } else {
            missing += 1;
        }
    }
    if prompt.chars().nth(MAX_CHARACTERS).is_some() {
        shown.push('…');
    }
    // A few missing emoji do no harm, but a sentence with many gaps would mislead.
    match present + missing {
        0 => EMPTY.into(),
        all if missing * 3 > all => UNREADABLE.into(),
        _ => shown,
    }
}

/// Whether a character is an invisible mark that only changes its neighbours.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ad}')
}

/// Text broken into lines, with a type size that fits.
pub(crate) struct Setting {
    pub(crate) lines: Vec<String>,
    pub(crate) em: f32,
}

impl Setting {
    /// Chooses the largest type with which the text fits. If it does not fit even
    /// with the smallest, it is cut and ends in an ellipsis.
    pub(crate) fn fit(face: &Face, text: &str, short: f32, (width, height): (f32, f32)) -> Self {
        let mut em = short * LARGEST;
        loop {
            let lines = face.wrap(text, em, width);
            let most = (height / (LEADING * em)) as usize;
            let fits = if em > short * MODEST {
                lines.len() <= most.min(FEW_LINES) && face.widest_word(text, em) <= width
            } else {
                lines.len() <= most || em <= short * SMALLEST
            };
            if fits {
                let lines = Self::trim(face, lines, em, (width, most));
                return Self { lines, em }.balanced(face, text, width);
            }
            em = (em * 0.95).max(short * SMALLEST);
        }
    }

    fn trim(
        face: &Face,
        mut lines: Vec<String>,
        em: f32,
        (width, most): (f32, usize),
    ) -> Vec<String> {
        if lines.len() <= most {
            return lines;
        }
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while face.width(last, em) + face.width("…", em) > width {
                let Some(end) = last.rfind(' ').or(last.len().checked_sub(1)) else {
                    break;
                };
                last.truncate(last.floor_char_boundary(end));
            }
            last.push('…');
        }
        lines
    }

    /// Evens out the lengths of the lines: narrows the column as long as the text
    /// needs no more lines.
    fn balanced(self, face: &Face, text: &str, width: f32) -> Self {
        let (mut narrow, mut wide) = (width * 0.5, width);
        let mut best = self;
        for _ in 0..8 {
            let middle = f32::midpoint(narrow, wide);
            let lines = face.wrap(text, best.em, middle);
            if lines.len() <= best.lines.len() && face.widest_word(text, best.em) <= middle {
                best.lines = lines;
                wide = middle;
            } else {
                narrow = middle;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: (f32, f32) = (580.0, 410.0);

    fn fit(text: &str) -> (Face, Setting) {
        let face = Face::new().unwrap();
        let setting = Setting::fit(&face, text, 614.0, ROOM);
        (face, setting)
    }

    #[test]
    fn every_setting_fits_its_room() {
        let long = "a lighthouse in a storm, ".repeat(10);
        let absurd = "a lighthouse in a storm, ".repeat(200);
        let word = "https://example.com/".repeat(20);
        for text in ["Fog", "A quiet harbour at dawn", &long, &absurd, &word] {
            let (face, setting) = fit(text);
            let high = setting.lines.len() as f32 * LEADING * setting.em;
            assert!(
                high <= ROOM.1 && !setting.lines.is_empty(),
                "{text}: {high}"
            );
            for line in &setting.lines {
                assert!(face.width(line, setting.em) <= ROOM.0 + 0.01, "{line}");
            }
        }
    }

    #[test]
    fn long_prompts_are_smaller_and_absurd_ones_end_in_an_ellipsis() {
        let (_, short) = fit("Fog");
        let long = "a lighthouse in a storm, ".repeat(10);
        let (_, small) = fit(&long);
        assert!(small.em < short.em);
        assert_eq!(small.lines.join(" "), long.trim());
        let (_, cut) = fit(&"a lighthouse in a storm, ".repeat(200));
        assert!(cut.lines.last().unwrap().ends_with('…'));
    }

    #[test]
    fn lines_are_evened_out() {
        let (face, setting) = fit("A red fox runs through fresh snow at night");
        let widths: Vec<_> = setting
            .lines
            .iter()
            .map(|line| face.width(line, 1.0))
            .collect();
        let widest = widths.iter().copied().fold(0.0, f32::max);
        assert!(widths.len() > 1);
        assert!(
            widths.iter().all(|&width| width > widest * 0.5),
            "{:?}",
            setting.lines
        );
    }

    #[test]
    fn what_cannot_be_set_is_left_out_or_said() {
        let face = Face::new().unwrap();
        assert_eq!(wording(&face, "A fox 🦊 in snow ❄️"), "A fox  in snow ");
        assert_eq!(wording(&face, "雪の中を走る狐"), UNREADABLE);
        assert_eq!(wording(&face, "🦊🦊🦊"), UNREADABLE);
        assert_eq!(wording(&face, ""), EMPTY);
        assert_eq!(wording(&face, " \n\t\u{200d}"), EMPTY);
        assert_eq!(wording(&face, "Лиса\nбежит"), "Лиса бежит");
        assert!(wording(&face, &"x".repeat(5000)).chars().count() <= MAX_CHARACTERS + 1);
    }
}
