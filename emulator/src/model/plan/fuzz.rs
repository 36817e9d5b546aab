//! Generated inputs of the models.

use fal_wasm::models;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::Plan;
use crate::hostile::{self, quickly};
use crate::model::input::problems;

const IDS: [&str; 3] = [
    "fal-ai/kandinsky5-pro/image-to-video",
    "fal-ai/kandinsky5-pro/text-to-video",
    "fal-ai/kandinsky5/text-to-video/distill",
];

fn inputs() -> impl Strategy<Value = Map<String, Value>> {
    let json = hostile::bytes(&[
        r#"{"prompt":"a cat","image_url":"data:,","resolution":"1024P","duration":"5s","num_inference_steps":28,"seed":7}"#,
        r#"{"prompt":"","image_url":"","seed":-1.0e300,"aspect_ratio":"2:3"}"#,
        r#"{"prompt":"x","duration":"10s","num_inference_steps":40.0,"resolution":"768x512"}"#,
    ]);
    json.prop_map(|json| serde_json::from_slice(&json).unwrap_or_default())
}

fn is_taken(id: &str, input: &Map<String, Value>) -> bool {
    problems(models::find(id).expect("known"), input).is_empty()
}

#[test]
fn mixed_inputs_are_taken_and_refused() {
    hostile::assert_mixed(&inputs(), |input| IDS.iter().any(|id| is_taken(id, &input)));
}

proptest! {
    #[test]
    fn an_input_that_is_taken_can_be_filmed(input in inputs()) {
        for id in IDS {
            if !quickly(|| is_taken(id, &input)) { continue }
            let plan = Plan::of(id, input.clone());
            prop_assert!(matches!(plan.shot.seconds, 5 | 10) && matches!(plan.shot.short_side, 512 | 1024));
            prop_assert!((1..=6).contains(&plan.billable_units), "{}", plan.billable_units);
            prop_assert_eq!(Some(&*plan.prompt), input["prompt"].as_str());
            prop_assert_eq!(plan.image_url.is_some(), id.ends_with("/image-to-video"));
        }
    }
}
