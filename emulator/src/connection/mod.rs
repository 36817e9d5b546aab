//! Connections: limits on their number and idle time, and the choice of the one to close when there are too many.
//!
//! `activity` decides when a connection must end, and uses no sockets; `pool` keeps the connections and ends them;
//! `socket` reports each read and write; `accept` serves HTTP.

mod accept;
mod activity;
mod body;
mod limits;
mod pool;
mod socket;

pub(crate) use accept::{Addresses, accept};
pub(crate) use body::Silence;
pub use limits::ConnectionLimits;
