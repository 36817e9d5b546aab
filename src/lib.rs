//! A fal.ai client for the browser.
//!
//! Rust web apps use [`Client`]:
//!
//! ```sh
//! cargo add fal-wasm
//! ```
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn example() -> Result<(), fal_wasm::Error> {
//! use fal_wasm::{Client, models::kandinsky5::{ProTextToVideo, ProTextToVideoInput}};
//!
//! let client = Client::with_proxy("/api/fal/proxy");
//! let input = ProTextToVideoInput { prompt: "a slow river".into(), ..Default::default() };
//! let completed = client.subscribe::<ProTextToVideo>(&input).await?;
//! let video_url = completed.data.video.url;
//! # Ok(())
//! # }
//! ```
//!
//! - **Upload a file**: [`Client::upload`], or [`NewCall::file`] for one in an input.
//! - **Errors**: match on [`Error`]. Each knows the request id, once there is one.
//! - **An endpoint of your own**: by its id with [`Client::call`], or typed by [`models::Endpoint`].
//! - **Stop a call**: drop it, and its job is cancelled; [`Call::detach`] leaves the job running.
//! - **After a reload**: save a [`RequestHandle`], and [`Client::resume`] goes on with it.
//!
//! The npm package `fal-wasm` is this crate compiled to WebAssembly with the feature `npm`.
//!
//! The [`engine`] decides, without JavaScript types: which request is next, when to retry, when to
//! cancel, whether an answer counts. A host performs: TypeScript in the npm package, over
//! `wasm.rs`; async Rust in [`Client`]. They meet at one type: the host reports an
//! [`Event`](engine::Event), and the engine returns the next [`Step`](engine::Step).
//!
//! The other modules answer one question each: [`protocol`] (what each request is), [`answer`]
//! (whether an answer counts), [`retry`] (when to try again), [`follow`] (when to poll),
//! [`endpoint`] (ids and URLs), [`host`] (which hosts may see the key), [`sse`] (where an event ends),
//! [`upload_plan`] (how a file is cut into parts), [`models`] (the inputs and outputs of known endpoints).

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
pub mod engine;
pub mod follow;
pub mod host;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod hostile;
pub mod models;
pub mod protocol;
pub mod retry;
pub mod sse;
// Native builds test it; only the browser modules use all of it.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod text;
pub mod upload_plan;

#[cfg(feature = "client")]
mod client;
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub mod wasm;

#[cfg(feature = "client")]
pub use client::{
    Acl, AclDecision, Call, Client, ClientBuilder, Completed, DetachedCall, Error, EventStream,
    ExistingRequest, FieldError, FileHandling, Log, Metrics, NewCall, OutgoingRequest, Priority,
    Progress, RequestHandle, Retry, Status, StatusStream, Stopper, StorageSettings, Timings,
    Update, Upload, UploadProgress,
};
