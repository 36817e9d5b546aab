//! The renderer from outside: pictures and prompts in, files out, which are
//! then parsed and decoded by other code and looked at.

// Pixels and coordinates, as in the crate itself.
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
