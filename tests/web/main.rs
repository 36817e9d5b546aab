//! Tests of the Rust client in a real browser against a running emulator: its requests, its results and its cleanup.
//! `npm test` starts the emulator and passes its address.

#![cfg(target_arch = "wasm32")]

mod calls;
mod errors;
mod handles;
mod outages;
mod queue;
mod streams;
mod support;
mod uploads;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
