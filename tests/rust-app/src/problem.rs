//! Errors in words for the user.

use fal_wasm::Error;

/// Why there is no video: in the service's words, if it has any about the input.
pub(crate) fn explain(error: &Error) -> String {
    if !error.fields().is_empty() {
        let words: Vec<_> = error
            .fields()
            .iter()
            .map(|field| field.message.as_str())
            .collect();
        return words.join("; ");
    }
    match error {
        Error::Api { status, .. } => format!("The service answered with HTTP {status}."),
        Error::Network { .. } | Error::SubmitUncertain { .. } => {
            "No answer. Is this device online?".to_owned()
        }
        _ => "The video could not be made.".to_owned(),
    }
}
