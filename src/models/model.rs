//! What is known of a model, and what a typed call of it needs.

use serde::{Serialize, de::DeserializeOwned};

use super::check::Field;

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
