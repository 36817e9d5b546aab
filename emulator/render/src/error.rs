//! The reasons why a clip could not be made, with texts for API answers.

use std::fmt;

/// The reason why a clip could not be made. The text contains no path and no internals.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderError {
    /// The caller set the cancel flag.
    Cancelled,
    /// The bytes are not an image file, but empty, HTML, SVG or a PDF.
    NotAnImage,
    /// An image of an unsupported format. Holds the name of the format.
    UnsupportedFormat(&'static str),
    /// The image is larger than [`MAX_SIDE`](crate::MAX_SIDE),
    /// [`MAX_PIXELS`](crate::MAX_PIXELS) or the memory for one picture allow.
    /// Holds the size that the file claims, before rotation.
    TooLarge {
        /// Claimed width in pixels.
        width: u32,
        /// Claimed height in pixels.
        height: u32,
    },
    /// An image of a supported format that cannot be decoded. Holds the reason.
    Broken(String),
    /// The shot asks for a length, size or ratio outside the limits.
    OutOfRange(&'static str),
    /// The video encoder failed. The caller cannot correct this.
    Encoder(String),
}

impl RenderError {
    /// An error of the encoder. `what` is a text of this crate, as the encoder's
    /// own errors may contain a backtrace.
    pub(crate) fn encoder(what: &str) -> Self {
        Self::Encoder(what.into())
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the render was cancelled"),
            Self::NotAnImage => f.write_str("the file is not an image"),
            Self::UnsupportedFormat(name) => {
                write!(
                    f,
                    "{name} images are not supported: use JPEG, PNG, WebP or GIF"
                )
            }
            Self::TooLarge { width, height } => {
                write!(f, "the image is too large: {width}x{height} pixels")
            }
            Self::Broken(what) => write!(f, "the image could not be decoded: {what}"),
            Self::OutOfRange(what) => f.write_str(what),
            Self::Encoder(what) => write!(f, "the video could not be encoded: {what}"),
        }
    }
}

impl std::error::Error for RenderError {}
