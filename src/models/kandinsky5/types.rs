//! The inputs and outputs of the Kandinsky 5 endpoints as Rust types.

use serde::{Deserialize, Serialize};

/// Input of [`ProImageToVideo`](super::ProImageToVideo). Fields left `None` take the service's defaults.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ProImageToVideoInput {
    /// The prompt to generate the video from.
    pub prompt: String,
    /// The picture to start from: a public URL, a data URI, or what `upload` returned.
    pub image_url: String,
    /// The short side of the video. Default: [`Resolution::P512`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// The length of the video. Default: [`ProDuration::FiveSeconds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<ProDuration>,
    /// Denoising steps, 1 to 40. Default: 28.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_inference_steps: Option<u32>,
    /// Default: [`Acceleration::Regular`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceleration: Option<Acceleration>,
    /// Makes a run repeatable. Default: chosen by the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
}

/// Input of [`ProTextToVideo`](super::ProTextToVideo). Fields left `None` take the service's defaults.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ProTextToVideoInput {
    /// The prompt to generate the video from.
    pub prompt: String,
    /// The short side of the video. Default: [`Resolution::P512`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Default: [`AspectRatio::Landscape`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// The length of the video. Default: [`ProDuration::FiveSeconds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<ProDuration>,
    /// Denoising steps, 1 to 50. Default: 28.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_inference_steps: Option<u32>,
    /// Default: [`Acceleration::Regular`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceleration: Option<Acceleration>,
    /// Makes a run repeatable. Default: chosen by the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
}

/// Input of [`TextToVideo`](super::TextToVideo). Fields left `None` take the service's defaults.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TextToVideoInput {
    /// The prompt to generate the video from.
    pub prompt: String,
    /// The size for `3:2`; the service makes the others of it. Default: [`Size::W768H512`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Size>,
    /// Default: [`AspectRatio::Landscape`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// The length of the video. Default: [`Duration::FiveSeconds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// Denoising steps, 1 to 50. Default: 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_inference_steps: Option<u32>,
}

/// Input of [`TextToVideoDistill`](super::TextToVideoDistill). Fields left `None` take the service's defaults.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TextToVideoDistillInput {
    /// The prompt to generate the video from.
    pub prompt: String,
    /// The size for `3:2`; the service makes the others of it. Default: [`Size::W768H512`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Size>,
    /// Default: [`AspectRatio::Landscape`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// The length of the video. Default: [`Duration::FiveSeconds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
}

/// The short side of a Pro video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// 512 pixels.
    #[serde(rename = "512P")]
    P512,
    /// 1024 pixels.
    #[serde(rename = "1024P")]
    P1024,
}

/// The size of a video that is not Pro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// 768 by 512 pixels; 512 by 512 or 512 by 768 where the aspect ratio says so.
    #[serde(rename = "768x512")]
    W768H512,
}

/// The length of a Pro video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProDuration {
    /// `5s`
    #[serde(rename = "5s")]
    FiveSeconds,
}

/// The length of a video that is not Pro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Duration {
    /// `5s`
    #[serde(rename = "5s")]
    FiveSeconds,
    /// `10s`
    #[serde(rename = "10s")]
    TenSeconds,
}

/// Width to height of a video made from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AspectRatio {
    /// `3:2`
    #[serde(rename = "3:2")]
    Landscape,
    /// `1:1`
    #[serde(rename = "1:1")]
    Square,
    /// `2:3`
    #[serde(rename = "2:3")]
    Portrait,
}

/// How far the service trades quality for speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acceleration {
    /// No acceleration.
    None,
    /// The service's default.
    Regular,
}

/// Output of all four endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoOutput {
    /// The video.
    pub video: File,
    /// The seed that was used. Given by the Pro endpoints.
    #[serde(default)]
    pub seed: Option<i64>,
}

/// A file that a model made (protocol §9.7). Only `url` is certain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Where to download it, without a key.
    pub url: String,
    /// Its MIME type. Not reliable: Kandinsky's videos come as `application/octet-stream`.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Its name.
    #[serde(default)]
    pub file_name: Option<String>,
    /// Its size in bytes.
    #[serde(default)]
    pub file_size: Option<u64>,
}
