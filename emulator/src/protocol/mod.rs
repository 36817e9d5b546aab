//! The parts of fal.ai's protocol that several services share: hosts and paths, calls, inputs, errors, and the outcomes
//! of jobs. No part of the emulator that answers is known here.

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
