//! The steps of storing a file with fal: ask where to put it, put it there (protocol §9.2), a
//! large one in parts (§9.3). The bytes stay with the browser, which sends slices of the file.

use wasm_bindgen::JsValue;

use super::{
    Options,
    http::{Call, Plan, Reading},
    texts::Text,
};
use crate::{answer::Wanted, retry::RetryPolicy, text, upload_plan::part_url};

const INITIATE_URL: &str = "https://rest.fal.ai/storage/upload/initiate";
const STORAGE_TYPE: &str = "?storage_type=fal-cdn-v3";
const INITIATE: Plan = Plan {
    operation: Text::Upload,
    method: Text::Post,
    reading: Reading::Handler,
    wanted: Wanted::Anything,
    // Asking twice costs a place that stays empty.
    policy: &RetryPolicy::STANDARD,
};
const PUT: Plan = Plan {
    method: Text::Put,
    // The same bytes to the same place may be put again.
    ..INITIATE
};
const PUT_PART: Plan = Plan {
    reading: Reading::Content,
    ..PUT
};

/// A step of storing a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Asks for a place, for one that goes up in parts if `multipart` says so:
    /// `{ upload_url, file_url }`.
    Initiate,
    /// Puts bytes to `uploadUrl`, or to its part with the number `part`.
    Put,
    /// Says that all parts are there.
    Complete,
}

/// What to send: `body`, with the `headers` among the options.
#[allow(clippy::unnecessary_box_returns)] // as in `Call::new`
pub(crate) fn call(step: Step, body: &JsValue, options: &Options) -> Box<Call> {
    let given = || options.text(Text::UploadUrl).unwrap_or_default();
    let (plan, url) = match step {
        Step::Initiate => {
            let is_multipart = options.is_true(Text::Multipart);
            let suffix = if is_multipart { "-multipart" } else { "" };
            (
                &INITIATE,
                text::joined(&[INITIATE_URL, suffix, STORAGE_TYPE]),
            )
        }
        Step::Put => match options.text(Text::Part) {
            None => (&PUT, given()),
            Some(number) => (&PUT_PART, part_url(&given(), &number)),
        },
        Step::Complete => (&INITIATE, part_url(&given(), "complete")),
    };
    let mut call = Call::new(plan, url);
    call.is_presigned = step != Step::Initiate;
    call.headers = options.value(Text::Headers);
    call.body = body.clone();
    call
}
