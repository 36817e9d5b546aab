//! A local stand-in for fal.ai: a server that speaks the service's protocol. It serves the four Kandinsky 5 endpoints,
//! the endpoints that its user describes, and some of its own. It stores files, serves the demo page, and is the proxy
//! that holds the key. It runs no model: its clips are a camera that moves over the given picture.
//!
//! A request comes by a direct URL ([`routes`]) or by the [`proxy`], and becomes a [`call::Call`]. Its service answers
//! it: [`queue`], [`run`], [`realtime`], [`tokens`] or [`storage`]. With a key, the proxy forwards it to the real fal.ai
//! instead ([`forward`]). [`http`] is the outer layer of every request and answer.
//!
//! [`model`] makes the clips from pictures that [`picture`] loads. [`endpoint`] plays the endpoints that the user
//! described, and [`own`] has the emulator's own endpoints for tests. [`webhook`] reports the ends of jobs.
//!
//! [`fault`] makes calls go wrong, [`control`] has the routes for tests, and [`inspector`] shows everything to a
//! developer. [`connection`] limits connections. [`budget`] and [`memory`] limit the memory for inputs and results.
//! Each file is one part of the protocol.

#![forbid(unsafe_code)]
// The documentation is for developers of this crate, so it links to private modules.
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
pub use options::{Options, PublicUrls};
pub use pattern::Pattern;
pub use secret::Key;
pub use server::{Server, StartError};
