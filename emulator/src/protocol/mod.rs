//! The protocol of fal.ai, as far as several of its services share it: the services and their paths, calls, inputs,
//! errors, and the outcomes of jobs. It knows no part of the emulator that answers.

mod call;
mod door;
mod error;
mod infrastructure;
pub(crate) mod input;
mod origin;
mod outcome;
mod rest;
mod route;

pub(crate) use call::{Call, Caller, Service};
pub(crate) use door::{Door, is_file};
pub(crate) use error::ApiError;
pub(crate) use infrastructure::FailureType;
pub(crate) use input::LARGEST_BODY;
pub(crate) use origin::Origin;
pub(crate) use outcome::{Detail, Failure, Outcome};
pub(crate) use rest::Rest;
pub(crate) use route::{Action, Route, alias, base};
