//! Title cards: any prompt, in any shape.

use crate::common::{Film, QUICK, difference, shoot, watch};
use fal_emulator_render::{Aspect, Shot, Source};

fn card(prompt: &str, shot: &Shot) -> Film {
    watch(&shoot(&Source::Title { prompt }, shot).unwrap())
}

/// How many pixels of the first frame, below the stamp, are as bright as type.
fn ink(film: &Film) -> usize {
    let below = film.frames[0].iter().skip(film.width * film.height / 8);
    below.filter(|&&y| y > 170).count()
}

#[test]
fn cards_come_in_all_shapes() {
    for ((width, height), expected) in [
        ((3, 2), (384, 256)),
        ((1, 1), (256, 256)),
        ((2, 3), (256, 384)),
    ] {
        let shot = Shot {
            aspect: Aspect::Ratio { width, height },
            ..QUICK
        };
        let film = card("A quiet harbour at dawn", &shot);
        assert_eq!((film.width, film.height), expected);
        assert_eq!(film.frames.len(), 24);
        assert!(ink(&film) > 300, "{width}:{height}");
    }
}

#[test]
fn a_card_without_a_shape_is_three_to_two() {
    let film = card("Fog", &QUICK);
    assert_eq!((film.width, film.height), (384, 256));
}

#[test]
fn any_prompt_makes_a_card_with_words_on_it() {
    let long = "a lighthouse in a storm, waves breaking, ".repeat(12);
    let endless = "x".repeat(100_000);
    for prompt in [
        "",
        " \n\t",
        "霧の中の灯台",
        "안개 속의 등대",
        "منارة في الضباب",
        "🦊🌫️",
        "\u{0}\u{7f}",
        &long,
        &endless,
    ] {
        let start: String = prompt.chars().take(10).collect();
        assert!(ink(&card(prompt, &QUICK)) > 200, "{start:?}");
    }
}

#[test]
fn the_words_stay_in_the_frame_to_the_end() {
    let long = "a lighthouse in a storm, waves breaking, ".repeat(12);
    let film = card(&long, &Shot { seed: 5, ..QUICK });
    for row in film.frames[23].chunks(film.width).skip(film.height / 8) {
        let edges = row[..6].iter().chain(&row[film.width - 6..]);
        assert!(edges.copied().all(|y| y < 150));
    }
}

#[test]
fn another_prompt_gives_another_card() {
    let (fog, snow) = (
        card("Fog over the bay", &QUICK),
        card("Snow on the hills", &QUICK),
    );
    assert!(difference(&fog.frames[0], &snow.frames[0], fog.width) > 2.0);
}
