//! The stand-in for the models: checks an input, plans a shot, and has it rendered.

pub(crate) mod input;
mod plan;
pub(crate) mod produce;
mod refusal;
