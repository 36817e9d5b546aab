//! fal.ai, locally: a server that speaks the service's protocol for the four Kandinsky 5
//! endpoints, for those that its user describes and for some of its own, keeps files, serves the demo page, and is the proxy that holds the key. No
//! model is run: the clips are a camera moving over the picture that was given.
//!
//! A request comes in by one of several doors ([`routes`], [`proxy`]) and becomes a
//! [`call::Call`]; the service it is for answers it: [`queue`], [`run`], [`realtime`],
//! [`tokens`] or [`storage`]; [`own`] are the endpoints for tests. With a key
//! the proxy sends it to the real fal.ai instead ([`forward`]). [`http`] is the outer layer of
//! every request and every answer.
//! [`endpoint`] plays what the user described instead, [`webhook`] tells how jobs ended.
//! [`fault`] lets some of it go wrong, [`control`] is steered by tests, and [`inspector`] shows
//! it all to a developer. [`connection`] limits connections, [`budget`] and [`memory`] the memory for
//! inputs and results.
//! [`model`] makes the clips, from pictures that [`picture`] gets. Each file is one part
//! of the protocol.

#![forbid(unsafe_code)]
// The shared vocabulary of the rooms, not of the crate.
#![allow(rustdoc::private_intra_doc_links)]

mod app;
mod body;
mod budget;
mod call;
mod caller;
pub mod cli;
mod clock;
mod connection;
mod control;
mod data;
mod endpoint;
mod event_stream;
mod fault;
mod forward;
#[cfg(test)]
#[path = "../../src/hostile.rs"]
mod hostile;
mod http;
mod inspector;
mod long_path;
mod memory;
mod model;
mod options;
mod outgoing;
mod own;
mod pattern;
mod picture;
mod proxy;
mod queue;
mod random;
mod range;
mod realtime;
mod reply;
mod routes;
mod run;
mod secret;
mod server;
mod site;
mod storage;
mod target;
mod tokens;
mod verbose;
mod webhook;

pub use connection::ConnectionLimits;
pub use data::DataError;
pub use options::Options;
pub use pattern::Pattern;
pub use secret::Key;
pub use server::{Server, StartError};
