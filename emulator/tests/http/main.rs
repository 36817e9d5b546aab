//! The emulator as its callers see it: over HTTP, on a port of its own in every test.
//! One program, so that it is linked once.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod common;
mod control;
mod cors;
mod film;
mod forward;
mod jobs;
mod pictures;
mod program;
mod proxy;
mod queue;
mod refusals;
mod site;
mod storage;
