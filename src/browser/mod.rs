//! Effects: requests, timers, files. Each module asks a pure one what to do and does it.

mod call;
mod error;
mod flow;
mod http;
mod options;
mod request;
mod retry_options;
mod storage;
mod task;
mod texts;
mod validate;
mod watch;

pub(crate) use call::Phase;
pub(crate) use call::endpoint;
pub use error::Error;
pub(crate) use flow::Kind;
#[cfg(feature = "npm")]
pub(crate) use http::is_followed_status;
pub(crate) use http::{described, proxied, type_of};
pub(crate) use options::{Config, Options, property, text_property};
pub(crate) use storage::Step;
pub(crate) use task::Task;
pub(crate) use texts::Text;
pub(crate) use validate::check;
