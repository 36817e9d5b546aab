//! A local stand-in for fal.ai: a server that speaks the service's protocol. It serves the four Kandinsky 5 endpoints,
//! the endpoints that its user describes, and some of its own. It stores files, serves the demo page, and is the proxy
//! that holds the key. It runs no model: its clips are a camera that moves over the given picture.
//!
//! A request comes by a direct URL ([`routes`]) or by the [`proxy`], and becomes a [`protocol::Call`]. [`services`] hands
//! it to the service that answers: [`queue`], [`run`], [`realtime`], [`tokens`] or [`storage`]. With a key, the proxy
//! forwards it to the real fal.ai instead ([`forward`]). [`http`] is the outer layer of every request and answer.
//!
//! [`apps`] knows which applications there are: the models that [`model`] stands in for, with pictures that [`picture`]
//! loads; those of [`endpoint`], which the user described; and the emulator's [`own`], for tests. [`webhook`] reports
//! the ends of jobs.
//!
//! [`fault`] makes calls go wrong, [`hold`] makes them wait, [`control`] has the routes for tests, and [`inspector`] shows
//! everything to a developer. [`connection`] limits connections. [`budget`] and [`memory`] limit the memory for inputs
//! and results.
//!
//! [`app`] gives every part what it needs. Only [`server`], [`routes`], [`services`] and [`proxy`] know all of it. The uses
//! of parts have no circle. Each file is one part of the protocol.

#![forbid(unsafe_code)]
// The documentation is for developers of this crate, so it links to private modules.
#![allow(rustdoc::private_intra_doc_links)]

mod app;
mod apps;
mod body;
mod budget;
mod caller;
mod cancel;
pub mod cli;
mod clock;
mod connection;
mod control;
mod data;
mod endpoint;
mod event_stream;
mod fault;
mod forward;
mod hold;
#[cfg(test)]
#[path = "../../src/hostile.rs"]
mod hostile;
mod http;
mod input_memory;
mod inspector;
mod long_path;
mod memory;
mod model;
mod options;
mod outgoing;
mod own;
mod pattern;
mod picture;
mod protocol;
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
mod services;
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
