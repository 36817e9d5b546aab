//! The four Kandinsky 5 endpoints: one image and a prompt, or a prompt alone, in; an
//! MP4 out. Fields, enums and ranges are those of the documents that fal publishes of them;
//! `seed` is newer, and comes from fal's generated types (protocol §12).

mod types;

pub use types::*;

use super::{Endpoint, Field, Kind, Model};

const PROMPT: Field = Field {
    name: "prompt",
    kind: Kind::Text,
    required: true,
};
const IMAGE_URL: Field = Field {
    name: "image_url",
    kind: Kind::FileUrl,
    required: true,
};
// Enums of one, which the generated types show as any string.
const PRO_DURATION: Field = optional("duration", Kind::OneOf("5s"));
const LITE_RESOLUTION: Field = optional("resolution", Kind::OneOf("768x512"));
const LITE_DURATION: Field = optional("duration", Kind::OneOf("5s,10s"));
const PRO_RESOLUTION: Field = optional("resolution", Kind::OneOf("512P,1024P"));
const ACCELERATION: Field = optional("acceleration", Kind::OneOf("none,regular"));
const ASPECT_RATIO: Field = optional("aspect_ratio", Kind::OneOf("3:2,1:1,2:3"));
const SEED: Field = optional(
    "seed",
    Kind::Integer {
        min: None,
        max: None,
    },
);

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
    }
}

const fn steps(max: i32) -> Field {
    optional(
        "num_inference_steps",
        Kind::Integer {
            min: Some(1),
            max: Some(max),
        },
    )
}

/// The tables of the four endpoints.
pub const MODELS: &[Model] = &[
    Model {
        endpoint_id: ProImageToVideo::ID,
        fields: &[
            PROMPT,
            IMAGE_URL,
            PRO_RESOLUTION,
            PRO_DURATION,
            steps(40),
            ACCELERATION,
            SEED,
        ],
    },
    Model {
        endpoint_id: ProTextToVideo::ID,
        fields: &[
            PROMPT,
            PRO_RESOLUTION,
            ASPECT_RATIO,
            PRO_DURATION,
            steps(50),
            ACCELERATION,
            SEED,
        ],
    },
    Model {
        endpoint_id: TextToVideo::ID,
        fields: &[
            PROMPT,
            LITE_RESOLUTION,
            ASPECT_RATIO,
            LITE_DURATION,
            steps(50),
        ],
    },
    Model {
        endpoint_id: TextToVideoDistill::ID,
        fields: &[PROMPT, LITE_RESOLUTION, ASPECT_RATIO, LITE_DURATION],
    },
];

/// `fal-ai/kandinsky5-pro/image-to-video`
#[derive(Debug, Clone, Copy)]
pub struct ProImageToVideo;
/// `fal-ai/kandinsky5-pro/text-to-video`
#[derive(Debug, Clone, Copy)]
pub struct ProTextToVideo;
/// `fal-ai/kandinsky5/text-to-video`
#[derive(Debug, Clone, Copy)]
pub struct TextToVideo;
/// `fal-ai/kandinsky5/text-to-video/distill`
#[derive(Debug, Clone, Copy)]
pub struct TextToVideoDistill;

impl Endpoint for ProImageToVideo {
    const ID: &'static str = "fal-ai/kandinsky5-pro/image-to-video";
    type Input = ProImageToVideoInput;
    type Output = VideoOutput;
}
impl Endpoint for ProTextToVideo {
    const ID: &'static str = "fal-ai/kandinsky5-pro/text-to-video";
    type Input = ProTextToVideoInput;
    type Output = VideoOutput;
}
impl Endpoint for TextToVideo {
    const ID: &'static str = "fal-ai/kandinsky5/text-to-video";
    type Input = TextToVideoInput;
    type Output = VideoOutput;
}
impl Endpoint for TextToVideoDistill {
    const ID: &'static str = "fal-ai/kandinsky5/text-to-video/distill";
    type Input = TextToVideoDistillInput;
    type Output = VideoOutput;
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::models::{Given, Problem, find};

    #[test]
    fn image_to_video_needs_a_prompt_and_an_image() {
        let model = find(ProImageToVideo::ID).expect("known");
        let missing: Vec<_> = model
            .fields
            .iter()
            .filter(|field| field.check(Given::Absent) == Err(Problem::Missing))
            .map(|field| field.name)
            .collect();
        assert_eq!(missing, ["prompt", "image_url"]);
    }

    #[test]
    fn only_the_models_that_are_not_pro_make_ten_seconds() {
        let check = |id, name: &str, given| {
            let mut fields = find(id).expect("known").fields.iter();
            let field = fields.find(|field| field.name == name).expect("a field");
            field.check(given)
        };
        for id in [ProImageToVideo::ID, ProTextToVideo::ID] {
            assert_eq!(check(id, "duration", Given::Text("5s")), Ok(()));
            let refused = Err(Problem::NotOneOf("5s"));
            assert_eq!(check(id, "duration", Given::Text("10s")), refused);
        }
        for id in [TextToVideo::ID, TextToVideoDistill::ID] {
            assert_eq!(check(id, "duration", Given::Text("10s")), Ok(()));
            assert_eq!(check(id, "resolution", Given::Text("768x512")), Ok(()));
            let refused = Err(Problem::NotOneOf("768x512"));
            assert_eq!(check(id, "resolution", Given::Text("512x512")), refused);
        }
        let steps = |id| check(id, "num_inference_steps", Given::Number(51.0));
        assert_eq!(steps(TextToVideo::ID), Err(Problem::TooLarge(50)));
        assert_eq!(steps(ProTextToVideo::ID), Err(Problem::TooLarge(50)));
        assert_eq!(steps(ProImageToVideo::ID), Err(Problem::TooLarge(40)));
    }

    #[test]
    fn text_to_video_has_no_image() {
        for id in [ProTextToVideo::ID, TextToVideo::ID, TextToVideoDistill::ID] {
            let model = find(id).expect("known");
            assert!(model.fields.iter().all(|field| field.name != "image_url"));
        }
    }
}
