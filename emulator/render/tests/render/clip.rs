//! The properties of every clip.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::common::{QUICK, difference, encoded, expected_luma, photo, shoot, watch};
use fal_emulator_render::{Aspect, RenderError, Shot, Source, render};
use image::ImageFormat::{Jpeg, Png};

#[test]
fn a_clip_plays_for_the_time_asked_at_the_size_asked() {
    let picture = encoded(photo(600, 400), Jpeg);
    let shot = Shot {
        short_side: 512,
        seconds: 5,
        ..QUICK
    };
    let clip = shoot(&Source::Image(&picture), &shot).unwrap();
    assert_eq!((clip.width, clip.height), (768, 512));
    assert_eq!((clip.frames, clip.fps), (120, 24));
    assert!((clip.duration - 5.0).abs() < 1e-9);

    let film = watch(&clip);
    assert_eq!((film.width, film.height), (768, 512));
    assert_eq!(film.frames.len(), 120);
    assert!((film.duration - 5.0).abs() < 1e-9, "{}", film.duration);
    assert_eq!(film.keyframes, [0, 24, 48, 72, 96]);
}

#[test]
fn the_index_comes_before_the_samples() {
    let clip = shoot(&Source::Title { prompt: "Fog" }, &QUICK).unwrap();
    let find = |name: &[u8]| {
        clip.mp4
            .windows(4)
            .position(|window| window == name)
            .unwrap()
    };
    assert_eq!(find(b"ftyp"), 4);
    assert!(find(b"moov") < find(b"mdat"));
}

#[test]
fn the_first_frame_is_the_picture_and_the_last_has_moved() {
    let picture = photo(600, 400);
    let shot = Shot {
        seconds: 2,
        ..QUICK
    };
    let clip = shoot(&Source::Image(&encoded(picture.clone(), Png)), &shot).unwrap();
    let film = watch(&clip);
    let expected = expected_luma(&picture, clip.width, clip.height);
    let first = difference(&film.frames[0], &expected, film.width);
    let last = difference(&film.frames[47], &expected, film.width);
    assert!(first < 3.0, "first frame is off by {first}");
    assert!(
        last > first * 2.0,
        "last frame is off by {last}, first by {first}"
    );
}

#[test]
fn every_frame_of_a_still_clip_is_the_picture() {
    let picture = photo(600, 400);
    let shot = Shot {
        seconds: 2,
        is_still: true,
        ..QUICK
    };
    let clip = shoot(&Source::Image(&encoded(picture.clone(), Png)), &shot).unwrap();
    let film = watch(&clip);
    let expected = expected_luma(&picture, clip.width, clip.height);
    assert_eq!(film.frames.len(), 48);
    for (index, frame) in film.frames.iter().enumerate() {
        let off = difference(frame, &expected, film.width);
        assert!(off < 3.0, "frame {index} is off by {off}");
    }
}

#[test]
fn the_camera_moves_smoothly_across_the_seams() {
    let picture = encoded(photo(600, 400), Png);
    let shot = Shot {
        seconds: 4,
        ..QUICK
    };
    let film = watch(&shoot(&Source::Image(&picture), &shot).unwrap());
    let steps: Vec<f64> = film
        .frames
        .windows(2)
        .map(|pair| difference(&pair[0], &pair[1], film.width))
        .collect();
    let largest = steps.iter().copied().fold(0.0, f64::max);
    let way = difference(&film.frames[0], &film.frames[95], film.width);
    assert!(largest < way / 3.0, "a step of {largest} on a way of {way}");
}

#[test]
fn colours_come_back_as_they_went_in() {
    for (rgb, (u, v)) in [
        ([255, 0, 0], (102, 240)),
        ([0, 255, 0], (42, 26)),
        ([0, 0, 255], (240, 118)),
        ([128, 128, 128], (128, 128)),
    ] {
        let flat = image::RgbImage::from_pixel(60, 40, image::Rgb(rgb));
        let film = watch(&shoot(&Source::Image(&encoded(flat, Png)), &QUICK).unwrap());
        let (du, dv) = (film.chroma.0.abs_diff(u), film.chroma.1.abs_diff(v));
        assert!(du <= 3 && dv <= 3, "{rgb:?} came back as {:?}", film.chroma);
    }
}

#[test]
fn every_frame_is_stamped() {
    let white = image::RgbImage::from_pixel(60, 40, image::Rgb([255; 3]));
    let film = watch(&shoot(&Source::Image(&encoded(white, Png)), &QUICK).unwrap());
    for frame in &film.frames {
        let corner = frame
            .chunks(film.width)
            .take(40)
            .flat_map(|row| &row[..120]);
        let plate = corner.filter(|&&y| y < 140).count();
        assert!(plate > 1000, "{plate} dark pixels");
    }
}

#[test]
fn the_picture_is_cropped_to_the_shape_asked() {
    let picture = photo(600, 400);
    let shot = Shot {
        aspect: Aspect::Ratio {
            width: 2,
            height: 3,
        },
        ..QUICK
    };
    let clip = shoot(&Source::Image(&encoded(picture.clone(), Png)), &shot).unwrap();
    assert_eq!((clip.width, clip.height), (256, 384));
    let film = watch(&clip);
    let expected = expected_luma(&picture, 256, 384);
    assert!(difference(&film.frames[0], &expected, film.width) < 3.0);
}

#[test]
fn another_picture_gives_another_clip() {
    let bright = encoded(photo(300, 200), Png);
    let mut dark = photo(300, 200);
    dark.pixels_mut()
        .for_each(|pixel| pixel.0 = pixel.0.map(|channel| channel / 3));
    let a = watch(&shoot(&Source::Image(&bright), &QUICK).unwrap());
    let b = watch(&shoot(&Source::Image(&encoded(dark, Png)), &QUICK).unwrap());
    assert!(difference(&a.frames[0], &b.frames[0], a.width) > 20.0);
}

#[test]
fn the_same_request_gives_the_same_bytes_and_another_seed_does_not() {
    let picture = encoded(photo(300, 200), Jpeg);
    let shot = Shot {
        seconds: 2,
        ..QUICK
    };
    let make = |seed| {
        shoot(&Source::Image(&picture), &Shot { seed, ..shot })
            .unwrap()
            .mp4
    };
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
}

#[test]
fn progress_rises_by_one_to_the_end() {
    let seen = Mutex::new(Vec::new());
    let report = |done, total| seen.lock().unwrap().push((done, total));
    let shot = Shot {
        seconds: 2,
        ..QUICK
    };
    render(
        &Source::Title { prompt: "Fog" },
        &shot,
        &AtomicBool::new(false),
        &report,
    )
    .unwrap();
    let expected: Vec<_> = (1..=48).map(|done| (done, 48)).collect();
    assert_eq!(seen.into_inner().unwrap(), expected);
}

#[test]
fn a_cancelled_render_stops_within_a_few_frames() {
    let cancel = AtomicBool::new(false);
    let made = AtomicU32::new(0);
    let report = |done, _| {
        made.store(done, Ordering::Relaxed);
        cancel.fetch_or(done >= 10, Ordering::Relaxed);
    };
    let shot = Shot {
        seconds: 10,
        ..QUICK
    };
    let result = render(&Source::Title { prompt: "Fog" }, &shot, &cancel, &report);
    assert_eq!(result.unwrap_err(), RenderError::Cancelled);
    // Each worker may have been drawing one frame.
    assert!(made.load(Ordering::Relaxed) <= 14, "{made:?}");
}

#[test]
fn a_render_cancelled_beforehand_does_nothing() {
    let report = |_, _| panic!("nothing should have been made");
    let cancel = AtomicBool::new(true);
    let result = render(&Source::Image(b"never looked at"), &QUICK, &cancel, &report);
    assert_eq!(result.unwrap_err(), RenderError::Cancelled);
}

#[test]
fn a_shot_outside_the_limits_is_refused() {
    let title = Source::Title { prompt: "Fog" };
    let none = Aspect::Ratio {
        width: 16,
        height: 0,
    };
    for shot in [
        Shot {
            seconds: 0,
            ..QUICK
        },
        Shot {
            seconds: u32::MAX,
            ..QUICK
        },
        Shot {
            short_side: 0,
            ..QUICK
        },
        Shot {
            short_side: 4096,
            ..QUICK
        },
        Shot {
            aspect: none,
            ..QUICK
        },
    ] {
        let error = shoot(&title, &shot).unwrap_err();
        assert!(
            matches!(error, RenderError::OutOfRange(_)),
            "{shot:?}: {error}"
        );
    }
}
