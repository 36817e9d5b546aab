//! `emulator/echo`: returns the request, on `fal.run` with any method, or as a job of the queue. `delay_ms` in the input
//! delays the answer, and `logs` has the lines of the job's log.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::http::redact_header;
use crate::input_memory::InputMemory;
use crate::protocol::{ApiError, Call, LARGEST_BODY};
use crate::{body, memory, reply};

/// The longest delay.
const LONGEST: Duration = Duration::from_hours(1);

/// The echo of a request, with its delay and log.
#[derive(Debug)]
pub(crate) struct Echo {
    pub(crate) output: Value,
    pub(crate) delay: Duration,
    /// The lines of the job's log.
    pub(crate) logs: Vec<String>,
}

pub(super) async fn send_back(memory: &InputMemory, call: Call) -> Result<Response, ApiError> {
    let echo = Echo::of(call).await?;
    let share = memory.take(echo.bytes())?;
    tokio::time::sleep(echo.delay).await;
    drop(share);
    Ok(reply::json(StatusCode::OK, &echo.output))
}

impl Echo {
    /// The echo of a call. Wrong values of `delay_ms` and `logs` are ignored, as every body is echoed.
    pub(crate) async fn of(call: Call) -> Result<Self, ApiError> {
        let body = body::receive(call.body, LARGEST_BODY).await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = String::from_utf8_lossy(&body);
        let delay = json["delay_ms"].as_u64().map(Duration::from_millis);
        let logs = json["logs"].as_array().into_iter().flatten();
        Ok(Self {
            delay: delay.unwrap_or_default().min(LONGEST),
            logs: logs.filter_map(Value::as_str).map(str::to_owned).collect(),
            output: json!({
                "method": call.method.as_str(),
                "path": call.path,
                "query": query(&call.query),
                "headers": headers(&call.headers),
                "text": text,
                "body": json,
            }),
        })
    }

    /// An estimate of the memory that it takes.
    pub(crate) fn bytes(&self) -> u64 {
        let logs = self
            .logs
            .iter()
            .map(|line| (line.len() + size_of::<String>()) as u64);
        memory::of(&self.output) + logs.sum::<u64>()
    }
}

fn query(query: &str) -> Map<String, Value> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .map(|(name, value)| match &*name {
            "fal_jwt_token" => (name.into_owned(), "present".into()),
            _ => (name.into_owned(), value.into_owned().into()),
        })
        .collect()
}

/// The headers for the echo. Credentials are replaced by a text that says that they were present.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let shown = headers
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(redact_header(name, value))));
    shown.collect()
}
