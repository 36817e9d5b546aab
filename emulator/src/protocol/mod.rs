//! The protocol of fal.ai, as far as several of its services share it: the services and their paths, calls, inputs, and
//! the outcomes of jobs. It knows no part of the emulator that answers.

mod call;
mod door;
mod infrastructure;
pub(crate) mod input;
mod outcome;
mod rest;
mod route;

pub(crate) use call::{Call, Service};
pub(crate) use door::{Door, is_file};
pub(crate) use infrastructure::FailureType;
pub(crate) use input::LARGEST_BODY;
pub(crate) use outcome::{Detail, Failure, Outcome};
pub(crate) use rest::Rest;
pub(crate) use route::{Action, Route, alias, base};
