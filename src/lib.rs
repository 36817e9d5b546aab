//! A fal.ai client for the browser.
//!
//! The npm package `fal-wasm` is this crate compiled to WebAssembly with the feature
//! `npm`; Rust web apps use [`Client`] directly, with typed endpoints from [`models`].
//!
//! Pure modules decide and know nothing of JavaScript; they build and are tested on any
//! target: [`answer`] (what an answer must be to count), [`endpoint`] (ids and URLs), [`host`] (who may see a key), [`retry`] (whether and when to try again),
//! [`follow`] (what to do after a status), [`sse`] (where an event ends), [`upload_plan`] (how a file is cut into parts), [`models`] (what an endpoint takes and gives).
//! Browser modules perform, on `wasm32` only: HTTP calls, the queue, runs, uploads; of streams,
//! they send the request.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod answer;
pub mod endpoint;
pub mod follow;
pub mod host;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod hostile;
pub mod models;
pub mod retry;
pub mod sse;
// Native builds test it; only the browser modules use all of it.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod text;
pub mod upload_plan;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod client;
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub mod exports;

#[cfg(target_arch = "wasm32")]
pub use browser::Error;
#[cfg(target_arch = "wasm32")]
pub use client::{Client, Completed, Log, Metrics, Status};
