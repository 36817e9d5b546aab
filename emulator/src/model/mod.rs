//! The stand-in for the models: checks an input, plans a clip, and renders it.

pub(crate) mod input;
mod plan;
pub(crate) mod produce;
mod refusal;
