//! Particular models: their inputs, as tables that
//! the client checks before it sends anything and the emulator checks on arrival, and
//! the same as serde types for Rust callers.
//!
//! Endpoints that are not in these tables are called all the same, unchecked.

mod check;
pub mod kandinsky5;
mod model;

pub use check::{Field, Given, Kind, Problem, check_url, choices};
pub use model::{Endpoint, Model};

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
