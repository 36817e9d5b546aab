//! Makes a picture fit the frame: opaque, cropped, scaled.

use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImageView, RgbImage};

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
pub(crate) fn cover(image: &RgbImage, size: (u32, u32)) -> RgbImage {
    let (x, y, width, height) = crop(image.dimensions(), size);
    let view = image.view(x, y, width, height);
    imageops::resize(&*view, size.0, size.1, FilterType::CatmullRom)
}

fn crop((width, height): (u32, u32), size: (u32, u32)) -> (u32, u32, u32, u32) {
    let ratio = f64::from(size.0) / f64::from(size.1);
    let wide = (f64::from(height) * ratio).round() as u32;
    let tall = (f64::from(width) / ratio).round() as u32;
    let (w, h) = (wide.clamp(1, width), tall.clamp(1, height));
    ((width - w) / 2, (height - h) / 2, w, h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_is_centred_and_inside() {
        assert_eq!(crop((300, 100), (100, 100)), (100, 0, 100, 100));
        assert_eq!(crop((100, 300), (100, 100)), (0, 100, 100, 100));
        assert_eq!(crop((1, 4000), (512, 1232)), (0, 1999, 1, 2));
        assert_eq!(crop((1, 1), (2464, 1024)), (0, 0, 1, 1));
    }
}
