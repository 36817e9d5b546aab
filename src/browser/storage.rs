//! The steps of storing a file with fal: ask where to put it, put it there (protocol §9.2), a
//! large one in parts (§9.3). The bytes stay with the browser, which sends slices of the file.

use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::Blob;

use super::{
    Error, Options,
    http::{Answer, Call, Plan, Reading},
    object, set,
};
use crate::{
    retry::RetryPolicy,
    text,
    upload_plan::{Parts, part_url},
};

#[wasm_bindgen(module = "/src/browser/wire.js")]
extern "C" {
    /// The body that asks for a place: the file's type and name, as JSON.
    fn described(file: &Blob) -> JsValue;
}

const INITIATE_URL: &str = "https://rest.fal.ai/storage/upload/initiate";
const STORAGE_TYPE: &str = "?storage_type=fal-cdn-v3";
const OPERATION: &str = "upload";
const INITIATE: Plan = Plan {
    operation: OPERATION,
    method: "POST",
    reading: Reading::Handler,
    // Asking twice costs a place that stays empty.
    policy: &RetryPolicy::STANDARD,
    is_submit: false,
};
const PUT: Plan = Plan {
    method: "PUT",
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
    /// Asks for a place: `{ upload_url, file_url }`. `headers` among the options go with it.
    Initiate,
    /// Puts the file to `uploadUrl`, or its part with the number `part`: the part's etag.
    Put,
    /// Says that all `parts` are there: `{ partNumber, etag }`, in order.
    Complete,
}

/// What to send.
pub(crate) fn call(step: Step, file: &JsValue, options: &Options) -> Result<Box<Call>, Error> {
    let Some(file) = file.dyn_ref::<Blob>() else {
        return Err(Error::argument("file", "must be a Blob or a File"));
    };
    let parts = Parts::of(file.size());
    if step == Step::Initiate {
        let suffix = if parts.is_some() { "-multipart" } else { "" };
        let url = text::joined(&[INITIATE_URL, suffix, STORAGE_TYPE]);
        let mut call = Call::new(&INITIATE, url);
        call.headers = options.value("headers");
        call.body = described(file);
        return Ok(call);
    }
    let url = options.text("uploadUrl").unwrap_or_default();
    if step == Step::Complete {
        let body = object();
        set(&body, "parts", options.value("parts"));
        let body = JSON::stringify(&body).map_err(Error::thrown)?;
        let url = part_url(&url, "complete");
        return Ok(presigned(&INITIATE, url, body.into(), "application/json"));
    }
    let Some((parts, number)) = parts.zip(options.number("part")) else {
        return Ok(presigned(&PUT, url, file.into(), &file.type_()));
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let number = number as u32;
    let (start, end) = parts.range(number);
    let bytes = file.slice_with_f64_and_f64(start, end);
    let bytes = bytes.map_err(Error::thrown)?;
    let url = part_url(&url, &text::decimal(number));
    let mut call = presigned(&PUT_PART, url, bytes.into(), "");
    // The file has its type from the first call; a part has none.
    call.headers = JsValue::UNDEFINED;
    Ok(call)
}

#[allow(clippy::unnecessary_box_returns)] // as in `Call::new`
fn presigned(plan: &'static Plan, url: String, body: JsValue, content_type: &str) -> Box<Call> {
    let is_known = !content_type.is_empty();
    let content_type = if is_known {
        content_type
    } else {
        "application/octet-stream"
    };
    let headers = object();
    set(&headers, "Content-Type", content_type);
    let mut call = Call::new(plan, url);
    call.is_presigned = true;
    call.headers = headers.into();
    call.body = body;
    call
}

/// What the answer gives the caller.
pub(crate) fn value(step: Step, answer: Answer) -> Result<JsValue, Error> {
    let body = Options::new(answer.body.clone());
    match step {
        Step::Initiate if body.text("upload_url").is_none() || body.text("file_url").is_none() => {
            let problem = "the answer names no upload_url and file_url";
            Err(Error::unexpected(OPERATION, problem))
        }
        Step::Put => {
            let etag = body.text("etag").or_else(|| answer.header("etag"));
            Ok(etag.map_or(JsValue::UNDEFINED, Into::into))
        }
        Step::Initiate | Step::Complete => Ok(answer.body),
    }
}
