//! Reading what came back: a good answer, or a setback to try again after or to report.

use gloo_net::http::Response;
use js_sys::{Date, JSON, Promise, SyntaxError};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Error;
use crate::{
    retry::{Failure, retry_after_ms},
    text,
};

const REQUEST_ID_HEADER: &str = "x-fal-request-id";
const TIMEOUT_TYPE_HEADER: &str = "x-fal-request-timeout-type";

/// A good answer.
pub(crate) struct Answer {
    /// JSON as the platform parsed it, text, or bytes, by content type.
    pub(crate) body: JsValue,
    pub(crate) request_id: Option<String>,
}

/// What one try came to, when it was no good answer. `None` for what is not worth, or not
/// safe, another try; otherwise the policy decides.
pub(crate) struct Setback {
    pub(crate) failure: Option<Failure>,
    pub(crate) error: Error,
}

impl Setback {
    pub(crate) fn last(error: Error) -> Self {
        Self {
            failure: None,
            error,
        }
    }

    /// A rejected fetch. Browsers say `TypeError`, in three wordings, for everything from a
    /// lost connection to a refused cross-origin request; there is no telling them apart.
    pub(crate) fn unanswered(cause: JsValue) -> Self {
        Self {
            failure: Some(Failure::Network),
            error: Error::new("network").with("cause", cause),
        }
    }

    /// An HTTP error answer.
    pub(crate) fn refused(status: u16, retry_after: Option<String>, is_user_timeout: bool) -> Self {
        let retry_after_ms =
            retry_after.and_then(|value| retry_after_ms(&value, Date::now(), Date::parse));
        Self {
            failure: Some(Failure::Status {
                status,
                retry_after_ms,
                user_timeout: is_user_timeout,
            }),
            error: Error::new("http").with("status", status),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<JsValue>) -> Self {
        self.error = self.error.with(name, value);
        self
    }
}

/// Reads a response to its end.
pub(crate) async fn read(response: Response) -> Result<Answer, Setback> {
    let headers = response.headers();
    let request_id = headers.get(REQUEST_ID_HEADER);
    if response.ok() {
        let content_type = headers.get("content-type").unwrap_or_default();
        let body = body_of(response.into(), &content_type).await?;
        return Ok(Answer { body, request_id });
    }
    let status_text = response.status_text();
    let timeout_type = headers.get(TIMEOUT_TYPE_HEADER);
    let is_user_timeout = timeout_type.as_deref() == Some("user");
    let retry_after = headers.get("retry-after");
    let setback = Setback::refused(response.status(), retry_after, is_user_timeout)
        .with("statusText", status_text)
        .with("requestId", request_id)
        .with("timeoutType", timeout_type);
    // Half an error answer is an error answer still: its status counts.
    let text = settled(web_sys::Response::from(response).text()).await;
    Err(setback.with("body", parsed(text.unwrap_or_default())))
}

/// A body that claims to be JSON and is not stays text.
pub(crate) fn parsed(text: JsValue) -> JsValue {
    let json = text.as_string().and_then(|text| JSON::parse(&text).ok());
    json.unwrap_or(text)
}

/// A body by its content type: JSON parsed by the platform, text as a string, anything
/// else as an `ArrayBuffer`. None of it enters wasm memory.
async fn body_of(response: web_sys::Response, content_type: &str) -> Result<JsValue, Setback> {
    let body = if text::contains(content_type, "json") {
        response.json()
    } else if content_type.is_empty() || content_type.starts_with("text/") {
        response.text()
    } else {
        response.array_buffer()
    };
    settled(body).await.map_err(|cause| {
        if cause.is_instance_of::<SyntaxError>() {
            return Setback::last(
                Error::new("bad_response")
                    .with("problem", "the answer is not valid JSON")
                    .with("cause", cause),
            );
        }
        Setback::unanswered(cause)
    })
}

async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}
