//! Tests of the emulator over HTTP. Each test has an emulator on a port of its own. All are in one program, so that it
//! is linked only once.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod bodies;
mod caller;
mod common;
mod connections;
mod control;
mod cors;
mod direct;
mod disk;
mod endpoint_files;
mod endpoints;
mod events;
mod fault_plan;
mod fault_uploads;
mod faults;
mod film;
mod forward;
mod holds;
mod inspector;
mod jobs;
mod lifecycle;
mod memory;
mod multipart;
mod outer;
mod own;
mod pictures;
mod program;
mod program_data;
mod proxy;
mod queue;
mod ranges;
mod realtime;
mod refusals;
mod run;
mod runs;
mod site;
mod storage;
mod stream;
mod terms;
mod tokens;
mod webhooks;
