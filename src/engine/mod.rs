//! One call of the API as a machine without I/O: a host reports an [`Event`], and the machine says
//! what to do [next](Step).
//!
//! It decides everything that both hosts must do alike: which request is next, whether an answer
//! counts, when to retry, when to cancel, and whether a paid request can still be fetched after a
//! failure. It has no clock and no random numbers: both come with each event, as [`Now`].
//!
//! `check.rs` explores every order of events. `conversations.rs` is the place to start reading.

mod call;
mod event;
mod facts;
mod goal;
mod request;
mod step;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod check;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod conversations;

pub use call::Call;
pub use event::{Event, Now, Stop};
pub use facts::{ErrorBody, HttpError, Standing};
pub use goal::{Goal, RetryChanges, Settings, Target};
pub use request::{NamedUrls, QueuedRequest};
pub use step::{Access, Fault, Freshness, Next, Notice, Rejection, Send, Step};
