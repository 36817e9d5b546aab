//! `emulator/content`: answers with the body, content type and status in its input:
//! `{"content_type", "text" | "base64" | "json", "status", "headers", "delay_ms"}`. Only headers that describe an answer
//! are allowed, as the answer has the same origin as the demo page.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::input;
use crate::http::is_choosable;
use crate::protocol::{ApiError, Call, Detail};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(rename = "content_type", default = "octets")]
    kind: String,
    text: Option<String>,
    base64: Option<String>,
    json: Option<Value>,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    delay_ms: u32,
}

fn octets() -> String {
    "application/octet-stream".to_owned()
}

fn ok() -> u16 {
    200
}

pub(super) async fn send(call: Call) -> Result<Response, ApiError> {
    let content: Content = input::read(call).await?;
    tokio::time::sleep(Duration::from_millis(content.delay_ms.into())).await;
    Ok(content.response()?)
}

impl Content {
    fn response(self) -> Result<Response, Detail> {
        let wrong = |field, text: &str| Detail::new("value_error", text).at(field);
        let status = StatusCode::from_u16(self.status).ok();
        let status = status.filter(|status| status.as_u16() >= 200);
        let status = status.ok_or_else(|| wrong("status", "No status to answer with"))?;
        let kind = HeaderValue::from_str(&self.kind);
        let kind = kind.map_err(|_| wrong("content_type", "Not a header's value"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let pair = (name.parse::<HeaderName>(), value.parse::<HeaderValue>());
            let (Ok(name), Ok(value)) = pair else {
                return Err(wrong("headers", "Not the name and value of a header"));
            };
            if !is_choosable(&name) {
                let text = format!("{name} cannot be chosen: an answer has its own, or none");
                return Err(wrong("headers", &text));
            }
            headers.insert(name, value);
        }
        let body = self.body().ok_or_else(|| wrong("base64", "Not base64"))?;
        headers.insert(CONTENT_TYPE, kind);
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    fn body(self) -> Option<Bytes> {
        if let Some(base64) = self.base64 {
            return STANDARD.decode(base64).ok().map(Bytes::from);
        }
        let json = self.json.map(|json| json.to_string());
        Some(self.text.or(json).unwrap_or_default().into())
    }
}

#[cfg(test)]
mod fuzz;
