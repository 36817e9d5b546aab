//! The boundary, in a real browser against a running emulator: does the Rust client ask, read and clean up as it
//! says? `npm test` starts the emulator and gives its address.

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
