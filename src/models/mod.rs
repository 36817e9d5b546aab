//! Particular models: their inputs, as tables that
//! the client checks before it sends anything and the emulator checks on arrival, and
//! the same as serde types for Rust callers.
//!
//! Endpoints that are not in these tables are called all the same, unchecked.

mod check;
pub mod kandinsky5;

pub use check::{Field, Given, Kind, Problem, check_url, choices};

use serde::{Serialize, de::DeserializeOwned};

/// A typed endpoint: its id and the shapes of its input and output.
///
/// Implement it for any model to call it through the typed Rust API.
pub trait Endpoint {
    /// The endpoint id, e.g. `fal-ai/kandinsky5-pro/image-to-video`.
    const ID: &'static str;
    /// The model's input, sent as the JSON body of the submit.
    type Input: Serialize;
    /// The model's output, as the result call gives it.
    type Output: DeserializeOwned;
}

/// A model whose input is known field by field.
#[derive(Debug)]
pub struct Model {
    /// The endpoint id this table is for.
    pub endpoint_id: &'static str,
    /// Every documented input field, in the order of the model's page.
    pub fields: &'static [Field],
}

/// The table for `endpoint_id`, or `None` for an endpoint this crate knows nothing about.
pub fn find(endpoint_id: &str) -> Option<&'static Model> {
    kandinsky5::MODELS
        .iter()
        .find(|model| model.endpoint_id == endpoint_id)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn the_four_kandinsky_endpoints_are_known_and_others_are_not() {
        for id in [
            "fal-ai/kandinsky5-pro/image-to-video",
            "fal-ai/kandinsky5-pro/text-to-video",
            "fal-ai/kandinsky5/text-to-video",
            "fal-ai/kandinsky5/text-to-video/distill",
        ] {
            assert!(find(id).is_some(), "{id}");
        }
        assert!(find("fal-ai/kandinsky5-pro").is_none());
        assert!(find("fal-ai/flux/dev").is_none());
    }
}
