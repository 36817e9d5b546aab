//! Faults on purpose: calls that are delayed, refused, cut off or garbled. A test queues one-off faults. A plan has rules
//! for a whole run, which can be repeated. A person switches faults on and off on the `bench`.
//!
//! All of them are rules. `place` describes a call, `rule` decides whether to strike it, and `layer` performs the fault
//! of `action`.

mod action;
mod answer;
mod bench;
mod body;
mod check;
mod draw;
mod events;
mod faults;
mod format;
mod kind;
mod layer;
mod mishap;
mod once;
mod place;
mod plan;
mod read;
mod route;
mod rule;

pub(crate) use faults::Faults;
pub(crate) use layer::{DropConnection, Struck, layer};
pub(crate) use mishap::Mishap;
pub(crate) use place::Call;
pub(crate) use plan::Plan;
