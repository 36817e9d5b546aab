//! Hostile and broken files. None may take much time or memory, and none may cause a panic.

use std::time::{Duration, Instant};

use crate::common::{QUICK, encoded, photo, shoot};
use fal_emulator_render::{MAX_PIXELS, MAX_SIDE, RenderError, Source, probe};
use image::ImageFormat::Png;

/// A PNG that stops where its pixels would start.
fn png_claiming(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([depth, colour, 0, 0, 0]);
    let sum = crc32(&header).to_be_bytes();
    let length = 13_u32.to_be_bytes();
    let start_of_pixels = b"\0\0\0\x02IDAT\x78\x9c";
    [
        b"\x89PNG\r\n\x1a\n",
        &length[..],
        &header,
        &sum,
        start_of_pixels,
    ]
    .concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn refused(file: &[u8]) -> RenderError {
    let start = Instant::now();
    let error = probe(file).unwrap_err();
    assert!(
        start.elapsed() < Duration::from_millis(500),
        "slow to refuse: {error}"
    );
    assert_eq!(shoot(&Source::Image(file), &QUICK).unwrap_err(), error);
    error
}

#[test]
fn what_is_no_image_is_called_so() {
    let html = b"<!doctype html><title>photo.png</title><p>404";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
    for file in [
        &b""[..],
        b"\xff",
        b"hello",
        html,
        svg,
        b"%PDF-1.7",
        &[0; 100],
    ] {
        assert_eq!(refused(file), RenderError::NotAnImage);
    }
}

#[test]
fn formats_that_are_not_read_are_named() {
    let avif = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf";
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert_eq!(refused(avif), RenderError::UnsupportedFormat("AVIF"));
    assert_eq!(refused(heic), RenderError::UnsupportedFormat("HEIC"));
    assert_eq!(
        refused(b"BM\0\0\0\0\0\0"),
        RenderError::UnsupportedFormat("BMP")
    );
    let text = refused(b"II*\0\x08\0\0\0").to_string();
    assert_eq!(
        text,
        "TIFF images are not supported: use JPEG, PNG, WebP or GIF"
    );
}

#[test]
fn claims_of_great_size_are_not_believed() {
    let too_large = |width, height| RenderError::TooLarge { width, height };
    let png = png_claiming(50_000, 50_000, 8, 2);
    assert_eq!(refused(&png), too_large(50_000, 50_000));
    // The size is checked even if the header is not complete.
    assert_eq!(refused(&png[..30]), too_large(50_000, 50_000));
    let gif = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x01\0\0;";
    assert_eq!(refused(gif), too_large(65_535, 65_535));
    assert_eq!(
        refused(&png_claiming(MAX_SIDE + 1, 1, 8, 0)),
        too_large(10_001, 1)
    );
    assert_eq!(
        refused(&png_claiming(5001, 5000, 8, 0)),
        too_large(5001, 5000)
    );
}

#[test]
fn the_largest_allowed_claim_passes_the_first_look() {
    assert_eq!(MAX_PIXELS, 25_000_000);
    assert_eq!(probe(&png_claiming(5000, 5000, 8, 2)), Ok((5000, 5000)));
    assert_eq!(
        probe(&png_claiming(MAX_SIDE, 2500, 8, 0)),
        Ok((10_000, 2500))
    );
}

#[test]
fn deep_pixels_count_as_pixels() {
    for colour in [0, 2, 4, 6] {
        let claim = png_claiming(5000, 5000, 16, colour);
        assert_eq!(probe(&claim), Ok((5000, 5000)), "colour type {colour}");
    }
    assert_eq!(
        refused(&png_claiming(5001, 5000, 16, 6)),
        RenderError::TooLarge {
            width: 5001,
            height: 5000
        }
    );
}

#[test]
fn a_picture_without_pixels_is_broken() {
    assert!(matches!(
        refused(&png_claiming(0, 10, 8, 2)),
        RenderError::Broken(_)
    ));
}

#[test]
fn a_cut_file_is_broken_where_its_format_can_tell() {
    let file = encoded(photo(300, 200), Png);
    let half = &file[..file.len() / 2];
    assert_eq!(probe(half), Ok((300, 200)));
    let error = shoot(&Source::Image(half), &QUICK).unwrap_err();
    assert!(matches!(error, RenderError::Broken(_)), "{error}");
}
