//! Tests the renderer by its public API. Other code parses and decodes the files
//! that it makes from pictures and prompts.

// Casts between pixels and coordinates, as in the crate itself.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

mod clip;
mod common;
mod hostile;
mod pictures;
mod titles;
