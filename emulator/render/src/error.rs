//! Why a clip could not be made, in words fit for an API answer.

use std::fmt;

/// Why there is no clip. The text names no path and no internals.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderError {
    /// The caller set the cancel flag.
    Cancelled,
    /// The bytes are no image file at all: empty, HTML, SVG, a PDF.
    NotAnImage,
    /// An image, but of a format that is not read here; its name is given.
    UnsupportedFormat(&'static str),
    /// More pixels than [`MAX_SIDE`](crate::MAX_SIDE),
    /// [`MAX_PIXELS`](crate::MAX_PIXELS) or the memory set aside for one
    /// picture allow. The size as the file claims it, before rotation.
    TooLarge {
        /// Claimed width in pixels.
        width: u32,
        /// Claimed height in pixels.
        height: u32,
    },
    /// An image of a known format that cannot be decoded; says what was wrong.
    Broken(String),
    /// The shot asks for a length, size or ratio outside the limits.
    OutOfRange(&'static str),
    /// The video encoder failed. Nothing the caller can mend.
    Encoder(String),
}

impl RenderError {
    /// The encoder's own errors may carry a backtrace: none of their text is
    /// passed on.
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
