//! Effects: requests, timers, files. Each module asks a pure one what to do and does it.

mod answer;
mod error;
mod http;
mod input;
mod join;
mod operation;
mod options;
mod outgoing;
mod progress;
pub(crate) mod queue;
mod request;
mod retry_options;
pub(crate) mod storage;
mod submit;
mod subscribe;
mod timer;
mod validate;
mod xhr;

pub use error::Error;
pub(crate) use join::Boxed;
pub(crate) use operation::{Operation, Scope};
pub(crate) use options::{Config, Options, object, set};
