//! Turns an input into a plan for a clip (protocol §12). The input has been checked. Absent fields get the service's
//! defaults.

use std::hash::{DefaultHasher, Hash, Hasher};

use fal_emulator_render::{Aspect, Shot};
use serde_json::{Map, Value};

use crate::random;

const PRO: &str = "fal-ai/kandinsky5-pro/";

/// The shot to render, and the values that the answer repeats.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) prompt: String,
    /// The picture that the clip starts from. `None` makes a title card.
    pub(super) image_url: Option<String>,
    pub(super) shot: Shot,
    /// The seed for the output. `None` for models whose output has no seed.
    pub(super) seed: Option<Value>,
    pub(super) billable_units: u32,
}

impl Plan {
    pub(super) fn of(endpoint: &str, mut input: Map<String, Value>) -> Self {
        let is_pro = endpoint.starts_with(PRO);
        let large = is_pro && text(&input, "resolution") == Some("1024P");
        let seconds = if text(&input, "duration") == Some("10s") {
            10
        } else {
            5
        };
        let seed = match input.get("seed") {
            Some(Value::Number(seed)) if is_pro => seed.clone().into(),
            Some(Value::String(seed)) if is_pro => {
                seed.parse::<i64>().map_or(Value::Null, Value::from)
            }
            _ => random::seed().into(),
        };
        let from_picture = endpoint.ends_with("/image-to-video");
        let shot = Shot {
            short_side: if large { 1024 } else { 512 },
            aspect: if from_picture {
                Aspect::Source
            } else {
                aspect(text(&input, "aspect_ratio"))
            },
            seconds,
            seed: number(&seed),
            is_still: false,
        };
        let image_url = from_picture.then(|| take_text(&mut input, "image_url"));
        Self {
            prompt: take_text(&mut input, "prompt"),
            image_url,
            shot,
            seed: is_pro.then_some(seed),
            billable_units: seconds / 5 * if large { 3 } else { 1 },
        }
    }
}

fn text<'a>(input: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    input.get(name)?.as_str()
}

fn take_text(input: &mut Map<String, Value>, name: &str) -> String {
    match input.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

fn aspect(ratio: Option<&str>) -> Aspect {
    let (width, height) = match ratio {
        Some("1:1") => (1, 1),
        Some("2:3") => (2, 3),
        _ => (3, 2),
    };
    Aspect::Ratio { width, height }
}

/// Makes a seed from any JSON number, also from negative, huge and fractional ones.
fn number(seed: &Value) -> u64 {
    seed.as_u64().unwrap_or_else(|| {
        let mut hasher = DefaultHasher::new();
        seed.to_string().hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(endpoint: &str, input: &Value) -> Plan {
        Plan::of(endpoint, input.as_object().expect("an object").clone())
    }

    #[test]
    fn image_to_video_follows_the_picture() {
        let input = json!({
            "prompt": "p", "image_url": "data:,", "resolution": "1024P", "seed": -7,
        });
        let plan = plan("fal-ai/kandinsky5-pro/image-to-video", &input);
        assert!(matches!(plan.shot.aspect, Aspect::Source));
        assert_eq!((plan.shot.short_side, plan.shot.seconds), (1024, 5));
        assert_eq!(plan.image_url.as_deref(), Some("data:,"));
        assert_eq!(plan.seed, Some(json!(-7)));
        assert_eq!(plan.billable_units, 3);
    }

    #[test]
    fn text_to_video_takes_the_aspect_asked_for_and_has_defaults() {
        let pro = plan(
            "fal-ai/kandinsky5-pro/text-to-video",
            &json!({"prompt": "p"}),
        );
        assert_eq!((pro.shot.short_side, pro.shot.seconds), (512, 5));
        assert!(matches!(
            pro.shot.aspect,
            Aspect::Ratio {
                width: 3,
                height: 2
            }
        ));
        assert_eq!(pro.image_url, None);
        assert!(pro.seed.is_some());

        let input = json!({"prompt": "p", "aspect_ratio": "2:3", "duration": "10s"});
        let lite = plan("fal-ai/kandinsky5/text-to-video/distill", &input);
        assert_eq!((lite.shot.short_side, lite.shot.seconds), (512, 10));
        assert_eq!(lite.billable_units, 2);
        assert!(matches!(
            lite.shot.aspect,
            Aspect::Ratio {
                width: 2,
                height: 3
            }
        ));
        assert_eq!(lite.seed, None);
    }

    #[test]
    fn the_same_seed_gives_the_same_shot_whatever_number_it_is() {
        for seed in [json!(7), json!(-7), json!(1e300), json!(7.0)] {
            assert_eq!(number(&seed), number(&seed));
        }
        assert_ne!(number(&json!(-7)), number(&json!(7)));
        assert_eq!(number(&json!(7)), 7);
    }
}
