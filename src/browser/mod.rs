//! Effects: requests, timers, files. Each module asks a pure one what to do and does it.

mod call;
mod error;
mod flow;
mod http;
mod operation;
mod options;
mod request;
mod retry_options;
mod storage;
mod validate;
mod watch;

pub(crate) use call::Phase;
#[cfg(feature = "npm")]
pub(crate) use call::endpoint;
pub use error::Error;
pub(crate) use flow::Kind;
pub(crate) use http::proxied;
pub(crate) use operation::{Operation, Scope};
pub(crate) use options::{Config, Options, object, set};
pub(crate) use storage::Step;
#[cfg(feature = "npm")]
pub(crate) use validate::check;
