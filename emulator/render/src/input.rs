//! Decodes untrusted bytes to an upright picture.
//!
//! The order of the checks matters: the size in a header is checked before
//! memory of that size is allocated.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

use crate::RenderError;
use crate::fit::flatten;

/// The longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 10_000;

/// The most pixels of a picture. This is also the only limit on the coefficients
/// of a progressive JPEG.
pub const MAX_PIXELS: u64 = 25_000_000;

/// The most decoded bytes before the conversion to 8 bits, which holds both pictures for a moment. It allows
/// [`MAX_PIXELS`] of the largest pixels, which have four channels of 16 bits.
const MAX_DECODED: u64 = MAX_PIXELS * 4 * 2;

/// The most memory for opening a file. A PNG may have a compressed colour
/// profile, which is decompressed up to this limit before any pixel.
const MAX_HEADER: u64 = 16 << 20;

/// Reads an image's header and checks format and size; decodes no pixels.
///
/// Returns width and height of the upright picture, in pixels. It is cheap enough
/// to be called when a request arrives. The pixels may still fail to decode.
///
/// # Errors
///
/// [`RenderError::NotAnImage`], [`RenderError::UnsupportedFormat`],
/// [`RenderError::TooLarge`], or [`RenderError::Broken`] for a header that
/// cannot be read.
pub fn probe(image: &[u8]) -> Result<(u32, u32), RenderError> {
    guarded(|| {
        let (decoder, orientation) = open(image)?;
        let (width, height) = decoder.dimensions();
        Ok(if turns(orientation) {
            (height, width)
        } else {
            (width, height)
        })
    })
}

/// Decodes the whole picture: upright, opaque, 8 bits a channel.
pub(crate) fn decode(bytes: &[u8]) -> Result<RgbImage, RenderError> {
    guarded(|| {
        let (decoder, orientation) = open(bytes)?;
        let image = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
        // First made opaque with 8 bits: turning holds the picture twice, and pixels of 16 bits are large.
        let mut image = DynamicImage::from(flatten(image));
        image.apply_orientation(orientation);
        Ok(image.into_rgb8())
    })
}

fn open(bytes: &[u8]) -> Result<(impl ImageDecoder + '_, Orientation), RenderError> {
    let format = known_format(bytes)?;
    if format == ImageFormat::Png {
        // A PNG decoder reads up to the pixels before it returns the size.
        png_size(bytes).map_or(Ok(()), |size| check_size(size, 0))?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limit(MAX_HEADER));
    let mut decoder = reader.into_decoder().map_err(|error| broken(&error))?;

    // `max_alloc` alone does not limit the decoded size, as `into_decoder` does
    // not check how many bytes the decoder will return.
    check_size(decoder.dimensions(), decoder.total_bytes())?;
    decoder
        .set_limits(limit(MAX_DECODED))
        .map_err(|error| broken(&error))?;
    // Damaged metadata is no reason to refuse a picture that decodes.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((decoder, orientation))
}

fn check_size((width, height): (u32, u32), decoded: u64) -> Result<(), RenderError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(RenderError::Broken("it has no pixels".into()));
    }
    if width.max(height) > MAX_SIDE || pixels > MAX_PIXELS || decoded > MAX_DECODED {
        return Err(RenderError::TooLarge { width, height });
    }
    Ok(())
}

/// The size in the IHDR chunk, which is always the first.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let ([wide, high], _) = bytes.get(16..24)?.as_chunks::<4>() else {
        return None;
    };
    Some((u32::from_be_bytes(*wide), u32::from_be_bytes(*high)))
}

fn limit(max_alloc: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_alloc);
    limits
}

/// The format by the content, never by the name or the claimed type.
fn known_format(bytes: &[u8]) -> Result<ImageFormat, RenderError> {
    match image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif),
        ) => Ok(format),
        Ok(format) => Err(RenderError::UnsupportedFormat(name_of(format))),
        Err(_) if is_heic(bytes) => Err(RenderError::UnsupportedFormat("HEIC")),
        Err(_) => Err(RenderError::NotAnImage),
    }
}

fn name_of(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Avif => "AVIF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Ico => "ICO",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::OpenExr => "OpenEXR",
        ImageFormat::Hdr => "Radiance HDR",
        _ => "such",
    }
}

/// Whether the bytes are HEIC, the format in which many phones store photos.
fn is_heic(bytes: &[u8]) -> bool {
    let brand = bytes.get(4..12);
    brand.is_some_and(|b| {
        [b"ftypheic", b"ftypheix", b"ftypmif1"]
            .iter()
            .any(|k| b == *k)
    })
}

fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

fn broken(error: &ImageError) -> RenderError {
    let what = match error {
        ImageError::Limits(_) => "it needs more memory than is set aside for one image",
        ImageError::Unsupported(_) => "it uses a feature of its format that is not supported",
        ImageError::IoError(_) => "it ends too early",
        _ => "its data is damaged",
    };
    RenderError::Broken(what.into())
}

/// Runs a third-party parser on untrusted bytes. If it panics, the picture is
/// reported as broken, and the worker goes on.
fn guarded<T>(parse: impl FnOnce() -> Result<T, RenderError>) -> Result<T, RenderError> {
    catch_unwind(AssertUnwindSafe(parse))
        .unwrap_or_else(|_| Err(RenderError::Broken("its data is damaged".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(format: ImageFormat) -> Vec<u8> {
        let image = image::RgbaImage::from_fn(24, 16, |x, y| {
            image::Rgba([(x * 9) as u8, (y * 13) as u8, (x * y) as u8, 255])
        });
        let image = match format {
            ImageFormat::Jpeg => DynamicImage::from(image).into_rgb8().into(),
            _ => DynamicImage::from(image),
        };
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_png_signature_before_garbage_has_no_size_to_be_too_large() {
        let mut file = sample(ImageFormat::Png);
        file[8..32].fill(0xff);
        assert!(matches!(decode(&file), Err(RenderError::Broken(_))));
    }

    #[test]
    fn damaged_files_are_pictures_or_plain_errors() {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::WebP,
            ImageFormat::Gif,
        ] {
            let file = sample(format);
            assert!(decode(&file).is_ok(), "{format:?}");
            let cuts = (0..file.len()).map(|at| file[..at].to_vec());
            let flips = (0..file.len() * 2).map(|at| {
                let mut file = file.clone();
                file[at / 2] ^= [0x80, 0x55][at % 2];
                file
            });
            for damaged in cuts.chain(flips) {
                for error in [probe(&damaged).err(), decode(&damaged).err()]
                    .into_iter()
                    .flatten()
                {
                    let text = error.to_string();
                    assert!(
                        text.len() < 100 && !text.contains(['{', '/', '\n']),
                        "{text}"
                    );
                }
            }
        }
    }
}
