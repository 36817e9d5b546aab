//! Progress and errors in words.

use fal_wasm::{Error, Progress};

use crate::job::is_unknown;

/// The phase of a job.
pub fn describe(progress: &Progress) -> String {
    match progress {
        Progress::Uploading { .. } => "Uploading the picture".into(),
        Progress::Queued {
            queue_position: Some(0),
            ..
        } => "Next in the queue".into(),
        Progress::Queued {
            queue_position: Some(ahead),
            ..
        } => format!("In the queue, {ahead} ahead"),
        Progress::Queued { .. } => "In the queue".into(),
        Progress::Running { .. } => "Making the video".into(),
        Progress::Done => "Fetching the video".into(),
        Progress::Reconnecting { .. } => "Reconnecting".into(),
        Progress::Offline { .. } => "Waiting for the network".into(),
        _ => "Working".into(),
    }
}

/// The reason why there is no video. If the service rejected fields of the input, this gives the service's own words.
pub fn explain(error: &Error, is_saved: bool) -> String {
    let fields = error.fields().iter();
    let fields: Vec<_> = fields
        .map(|field| format!("{}: {}", label(&field.field), field.message))
        .collect();
    if !fields.is_empty() {
        return fields.join("; ");
    }
    let mut words = match error {
        error if is_unknown(error) => "fal.ai does not know this video any longer.".into(),
        Error::Network { .. } | Error::SubmitUncertain { .. } => {
            "No answer. Is this device online?".into()
        }
        Error::Api {
            status, message, ..
        } => format!("The service answered with HTTP {status}: {message}."),
        Error::JobFailed { message, .. } => format!("The model failed: {message}."),
        error => format!("The video could not be made: {error}."),
    };
    if is_saved {
        words.push_str(" Reload the page to go on with this video.");
    } else if error.job_may_exist() {
        words.push_str(" The video may be in the making all the same.");
    }
    words
}

/// The label that this page shows for a field of the input.
fn label(field: &str) -> &str {
    match field {
        "image_url" => "Picture",
        "prompt" => "Prompt",
        other => other,
    }
}
