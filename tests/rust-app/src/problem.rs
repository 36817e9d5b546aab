//! Errors in words for the user.

use fal_wasm::Error;
use serde::Deserialize;

/// A body that refuses a request, and its findings about the fields of the input.
#[derive(Deserialize)]
struct Refusal {
    detail: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    msg: String,
}

/// Why there is no video: in the service's words, where it has any about the input.
pub(crate) fn explained(error: &Error) -> String {
    if let Ok(Refusal { detail }) = serde_wasm_bindgen::from_value(error.body()) {
        let words: Vec<_> = detail.into_iter().map(|finding| finding.msg).collect();
        return words.join("; ");
    }
    match (error.code().as_deref(), error.status()) {
        (Some("network"), _) => "No answer. Is this device online?".to_owned(),
        (_, Some(status)) => format!("The service answered with HTTP {status}."),
        _ => "The video could not be made.".to_owned(),
    }
}
