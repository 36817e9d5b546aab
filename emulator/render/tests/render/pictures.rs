//! Pictures of every format: rotated, transparent, tiny.

use crate::common::{QUICK, difference, encoded, expected_luma, photo, shoot, watch};
use fal_emulator_render::{Source, probe};
use image::ImageFormat::{Gif, Jpeg, Png, WebP};
use image::{DynamicImage, ImageBuffer, Rgba, RgbaImage};

/// A JPEG whose EXIF orientation is a quarter turn to the right.
fn sideways_jpeg(upright: &image::RgbImage) -> Vec<u8> {
    let stored = image::imageops::rotate270(upright);
    let jpeg = encoded(stored, Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn all_four_formats_are_read() {
    let picture = photo(192, 128);
    for format in [Jpeg, Png, WebP, Gif] {
        let image = DynamicImage::from(picture.clone());
        // The GIF encoder needs an alpha channel.
        let image = if format == Gif {
            image.into_rgba8().into()
        } else {
            image
        };
        let file = encoded(image, format);
        assert_eq!(probe(&file), Ok((192, 128)), "{format:?}");
        let shown = watch(&shoot(&Source::Image(&file), &QUICK).unwrap());
        let expected = expected_luma(&picture, 384, 256);
        let off = difference(&shown.frames[0], &expected, shown.width);
        assert!(off < 6.0, "{format:?} is off by {off}");
    }
}

#[test]
fn a_photo_taken_sideways_is_seen_upright() {
    let upright = photo(240, 360);
    let file = sideways_jpeg(&upright);
    assert_eq!(probe(&file), Ok((240, 360)));
    let clip = shoot(&Source::Image(&file), &QUICK).unwrap();
    assert_eq!((clip.width, clip.height), (256, 384));
    let shown = watch(&clip);
    let expected = expected_luma(&upright, 256, 384);
    assert!(difference(&shown.frames[0], &expected, shown.width) < 6.0);
}

#[test]
fn transparency_shows_white() {
    // Black but fully transparent, so no black may be visible.
    let file = encoded(RgbaImage::from_pixel(90, 60, Rgba([0, 0, 0, 0])), Png);
    let shown = watch(&shoot(&Source::Image(&file), &QUICK).unwrap());
    let white = vec![235; shown.width * shown.height];
    assert!(difference(&shown.frames[0], &white, shown.width) < 2.0);
}

#[test]
fn grey_and_deep_pictures_are_read() {
    let picture = DynamicImage::from(photo(600, 400));
    let grey = DynamicImage::from(picture.to_luma8());
    let expected = expected_luma(&grey.to_rgb8(), 384, 256);
    for image in [
        grey.clone(),
        grey.to_luma16().into(),
        grey.to_rgba16().into(),
    ] {
        let shown = watch(&shoot(&Source::Image(&encoded(image, Png)), &QUICK).unwrap());
        assert!(difference(&shown.frames[0], &expected, shown.width) < 3.0);
    }
}

#[test]
fn the_largest_and_deepest_picture_within_the_limits_is_read() {
    let colour = Rgba([0x8000_u16, 0x4000, 0xc000, 0xffff]);
    let deep = ImageBuffer::from_pixel(5000, 5000, colour);
    let clip = shoot(&Source::Image(&encoded(deep, Png)), &QUICK).unwrap();
    assert_eq!((clip.width, clip.height), (256, 256));
}

#[test]
fn slivers_and_dots_make_clips_of_a_sane_shape() {
    for ((width, height), expected) in [
        ((1, 1), (256, 256)),
        ((2, 1), (512, 256)),
        ((1, 4000), (256, 608)),
        ((4000, 1), (608, 256)),
    ] {
        let file = encoded(photo(width, height), Png);
        let clip = shoot(&Source::Image(&file), &QUICK).unwrap();
        assert_eq!((clip.width, clip.height), expected, "{width}x{height}");
        assert_eq!(watch(&clip).frames.len(), 24);
    }
}
