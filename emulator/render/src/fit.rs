//! Makes a picture fit the frame: opaque, cropped, scaled.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage};

use crate::RenderError;

/// Makes a picture opaque. Transparent pixels become white, as on a page.
pub(crate) fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        to.0 = [r, g, b].map(|c| ((c * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    rgb
}

/// Crops around the centre to the shape of `size`, and scales to it.
pub(crate) fn cover(
    image: &RgbImage,
    (width, height): (u32, u32),
) -> Result<RgbImage, RenderError> {
    let failed = || RenderError::encoder("the picture could not be scaled");
    let options = ResizeOptions::new()
        .fit_into_destination(Some((0.5, 0.5)))
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    let from = ImageRef::new(image.width(), image.height(), image, PixelType::U8x3)
        .map_err(|_| failed())?;
    let mut to = Image::new(width, height, PixelType::U8x3);
    Resizer::new()
        .resize(&from, &mut to, &options)
        .map_err(|_| failed())?;
    RgbImage::from_raw(width, height, to.into_vec()).ok_or_else(failed)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const RED: Rgb<u8> = Rgb([255, 0, 0]);
    const GREEN: Rgb<u8> = Rgb([0, 255, 0]);

    /// A picture with a green square of this size in the middle, and red around it.
    fn green_in_red(dimensions: (u32, u32), square: u32) -> RgbImage {
        let is_inside = |at: u32, length: u32| at.abs_diff(length / 2) < square / 2;
        RgbImage::from_fn(dimensions.0, dimensions.1, |x, y| {
            if is_inside(x, dimensions.0) && is_inside(y, dimensions.1) {
                GREEN
            } else {
                RED
            }
        })
    }

    #[test]
    fn what_is_cut_off_is_the_same_on_both_sides() {
        for dimensions in [(300, 100), (100, 300)] {
            let picture = cover(&green_in_red(dimensions, 60), (50, 50)).unwrap();
            assert_eq!(*picture.get_pixel(25, 25), GREEN);
            for (x, y) in [(3, 25), (46, 25), (25, 3), (25, 46)] {
                assert_eq!(*picture.get_pixel(x, y), RED, "{dimensions:?} at {x}, {y}");
            }
            assert_eq!(*picture.get_pixel(12, 25), GREEN);
            assert_eq!(*picture.get_pixel(37, 25), GREEN);
        }
    }

    #[test]
    fn the_thinnest_and_the_smallest_pictures_fill_the_frame() {
        for dimensions in [(1, 4000), (4000, 1), (1, 1)] {
            let given = RgbImage::from_pixel(dimensions.0, dimensions.1, GREEN);
            let picture = cover(&given, (512, 1232)).unwrap();
            assert_eq!(picture.dimensions(), (512, 1232));
            assert!(
                picture.pixels().all(|pixel| *pixel == GREEN),
                "{dimensions:?}"
            );
        }
    }
}
