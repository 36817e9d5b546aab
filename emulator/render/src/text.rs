//! Type: measures words, breaks lines, and draws them.

use ab_glyph::{Font, FontRef, Glyph, GlyphId, point};

use crate::RenderError;

/// The only typeface. It has Latin, Greek and Cyrillic.
pub(crate) struct Face {
    font: FontRef<'static>,
    /// The height from descent to ascent for an em of 1. `ab_glyph` measures
    /// sizes by it.
    tall: f32,
}

/// The start of a line: its left end and baseline, in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Pen {
    pub(crate) x: f32,
    pub(crate) baseline: f32,
}

impl Face {
    pub(crate) fn new() -> Result<Self, RenderError> {
        let font = FontRef::try_from_slice(notosans::REGULAR_TTF)
            .map_err(|_| RenderError::encoder("its typeface is damaged"))?;
        let em = font.units_per_em().unwrap_or(1000.0);
        let tall = font.height_unscaled() / em;
        Ok(Self { font, tall })
    }

    /// Whether the typeface has this character.
    pub(crate) fn has(&self, character: char) -> bool {
        self.font.glyph_id(character) != GlyphId(0)
    }

    /// The width of a text in pixels, for type of `em` pixels.
    pub(crate) fn width(&self, text: &str, em: f32) -> f32 {
        text.chars()
            .map(|character| self.advance(self.font.glyph_id(character), em))
            .sum()
    }

    /// The width of the longest word.
    pub(crate) fn widest_word(&self, text: &str, em: f32) -> f32 {
        text.split_whitespace()
            .map(|word| self.width(word, em))
            .fold(0.0, f32::max)
    }

    fn advance(&self, glyph: GlyphId, em: f32) -> f32 {
        self.font.h_advance_unscaled(glyph) / self.font.units_per_em().unwrap_or(1000.0) * em
    }

    /// Draws one line: calls `put` with each touched pixel and its coverage,
    /// 0 to 1. Pixels with negative coordinates are left out.
    pub(crate) fn draw(&self, line: &str, em: f32, pen: Pen, mut put: impl FnMut(u32, u32, f32)) {
        let mut x = pen.x;
        for character in line.chars() {
            let id = self.font.glyph_id(character);
            let scale = (em * self.tall).into();
            let glyph = Glyph {
                id,
                scale,
                position: point(x, pen.baseline),
            };
            x += self.advance(id, em);
            let Some(outline) = self.font.outline_glyph(glyph) else {
                continue;
            };
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| {
                let (px, py) = (corner.x + dx as f32, corner.y + dy as f32);
                if px >= 0.0 && py >= 0.0 {
                    put(px as u32, py as u32, coverage.clamp(0.0, 1.0));
                }
            });
        }
    }

    /// Breaks text at spaces into lines of at most `width` pixels. Wider words
    /// are broken within the word.
    pub(crate) fn wrap(&self, text: &str, em: f32, width: f32) -> Vec<String> {
        let space = self.width(" ", em);
        let mut lines: Vec<String> = Vec::new();
        let mut used = f32::INFINITY;
        for word in text.split_whitespace() {
            for piece in self.pieces(word, em, width) {
                let wide = self.width(piece, em);
                match lines.last_mut() {
                    Some(line) if used + space + wide <= width => {
                        line.push(' ');
                        line.push_str(piece);
                        used += space + wide;
                    }
                    _ => {
                        lines.push(piece.to_owned());
                        used = wide;
                    }
                }
            }
        }
        lines
    }

    fn pieces<'t>(&self, word: &'t str, em: f32, width: f32) -> Vec<&'t str> {
        let mut pieces = Vec::new();
        let (mut start, mut used) = (0, 0.0);
        for (at, character) in word.char_indices() {
            let wide = self.advance(self.font.glyph_id(character), em);
            if used + wide > width && at > start {
                pieces.extend(word.get(start..at));
                (start, used) = (at, 0.0);
            }
            used += wide;
        }
        pieces.extend(word.get(start..));
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Face {
        Face::new().unwrap()
    }

    #[test]
    fn lines_fit_and_keep_every_word_in_order() {
        let face = face();
        let text = "The quick brown fox jumps over the lazy dog, twice.";
        let lines = face.wrap(text, 20.0, 160.0);
        assert!(lines.len() > 2);
        assert!(
            lines.iter().all(|line| face.width(line, 20.0) <= 160.0),
            "{lines:?}"
        );
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken() {
        let face = face();
        let word = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(3);
        let lines = face.wrap(&word, 20.0, 100.0);
        assert!(
            lines.iter().all(|line| face.width(line, 20.0) <= 100.0),
            "{lines:?}"
        );
        assert_eq!(lines.concat(), word);
    }

    #[test]
    fn a_line_narrower_than_a_letter_still_ends() {
        assert_eq!(face().wrap("abc", 20.0, 0.0), ["a", "b", "c"]);
        assert_eq!(face().wrap("  \n ", 20.0, 100.0), [""; 0]);
    }

    #[test]
    fn the_face_knows_what_it_lacks() {
        let face = face();
        assert!("aßΩЖ“”–→é".chars().all(|c| face.has(c)));
        assert!(!"漢字한あ🦊ع".chars().any(|c| face.has(c)));
    }
}
