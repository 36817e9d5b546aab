//! The errors for a picture that cannot be loaded and a clip that cannot be made, in the service's types (protocol
//! §10.1). All of them are about `image_url`.

use fal_emulator_render::{MAX_PIXELS, MAX_SIDE, RenderError};
use serde_json::json;

use crate::picture::{LARGEST, Missing};
use crate::protocol::{Detail, Outcome};

/// The supported picture formats.
const FORMATS: [&str; 4] = ["jpeg", "png", "webp", "gif"];

/// The outcome of a job whose picture could not be loaded.
pub(super) fn of_picture(missing: &Missing, image_url: &str) -> Outcome {
    let detail = match missing {
        Missing::TooLarge => {
            let text = format!("The file is larger than {LARGEST} bytes");
            Detail::new("file_too_large", text).context(json!({ "max_size": LARGEST }))
        }
        Missing::NotReachable(why) => {
            let text = format!("The file could not be downloaded: {why}");
            Detail::new("file_download_error", text)
        }
        Missing::NotDecodable(why) => {
            let text = format!("The image could not be loaded: {why}");
            Detail::new("image_load_error", text)
        }
    };
    refused(detail, image_url)
}

/// The outcome of a job whose clip could not be made.
pub(super) fn of_render(error: &RenderError, image_url: &str) -> Outcome {
    let text = error.to_string();
    let detail = match error {
        RenderError::Cancelled => return Outcome::cancelled(),
        RenderError::NotAnImage | RenderError::Broken(_) => Detail::new(
            "image_load_error",
            format!("The image could not be loaded: {text}"),
        ),
        RenderError::UnsupportedFormat(_) => Detail::new("unsupported_image_format", text)
            .context(json!({ "supported_formats": FORMATS })),
        RenderError::TooLarge { .. } => {
            let text = format!("{text}; at most {MAX_SIDE} on a side and {MAX_PIXELS} in all");
            Detail::new("image_too_large", text)
                .context(json!({ "max_height": MAX_SIDE, "max_width": MAX_SIDE }))
        }
        _ => return Outcome::broke(&text),
    };
    refused(detail, image_url)
}

fn refused(detail: Detail, image_url: &str) -> Outcome {
    Outcome::refused(&[detail.at("image_url").input(&image_url.into())])
}
