//! Connections: how many there may be, how long they may be idle, and which one goes when
//! another comes and there are too many.
//!
//! `activity` decides and knows no sockets; `pool` keeps the connections and ends them;
//! `socket` reports each read and write; `accept` serves HTTP over it.

mod accept;
mod activity;
mod body;
mod limits;
mod pool;
mod socket;

pub(crate) use accept::{Addresses, accept};
pub(crate) use body::Silence;
pub use limits::ConnectionLimits;
