//! The status of a request (§5.3), in types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where a request stands (§5.3).
///
/// It reads any JSON: a status of another form is [`Status::Other`], with all that it says.
///
/// ```
/// use fal_wasm::Status;
/// let status: Status = serde_json::from_str(r#"{"status":"IN_QUEUE","queue_position":2}"#)?;
/// assert_eq!(status, Status::InQueue { queue_position: Some(2) });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
#[non_exhaustive]
pub enum Status {
    /// Waiting in line.
    InQueue {
        /// Requests ahead of this one.
        queue_position: Option<u32>,
    },
    /// The model runs.
    InProgress {
        /// All log entries so far, if they were asked for.
        logs: Vec<Log>,
    },
    /// Ended, well or not: fetching the result shows which.
    Completed {
        /// All log entries, if they were asked for.
        logs: Vec<Log>,
        /// Measurements of the service.
        metrics: Option<Metrics>,
        /// Why the request failed, if it did.
        error: Option<String>,
        /// The kind of that failure, e.g. `runner_disconnected` (§10.2).
        error_type: Option<String>,
    },
    /// A status that this version of the crate does not know.
    Other {
        /// Its `status`, empty if it has none.
        status: String,
        /// All that the service said.
        body: Value,
    },
}

/// One log entry of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Log {
    /// The line.
    pub message: String,
    /// When, in ISO 8601. It may lack a zone.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// `INFO`, `ERROR`, `STDOUT`, …
    #[serde(default)]
    pub level: Option<String>,
}

/// Measurements of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Metrics {
    /// Seconds the model ran.
    #[serde(default)]
    pub inference_time: Option<f64>,
}

impl Status {
    /// Whether the request has ended.
    pub fn is_completed(&self) -> bool {
        matches!(self, Self::Completed { .. })
    }

    /// The log entries that came with it.
    pub fn logs(&self) -> &[Log] {
        match self {
            Self::InProgress { logs } | Self::Completed { logs, .. } => logs,
            Self::InQueue { .. } | Self::Other { .. } => &[],
        }
    }
}

impl From<Value> for Status {
    fn from(body: Value) -> Self {
        let text = |name| body.get(name).and_then(Value::as_str);
        let said = |name| text(name).filter(|text| !text.trim().is_empty());
        match text("status").unwrap_or_default() {
            "IN_QUEUE" => Self::InQueue {
                queue_position: body
                    .get("queue_position")
                    .and_then(Value::as_u64)
                    .map(|position| u32::try_from(position).unwrap_or(u32::MAX)),
            },
            "IN_PROGRESS" => Self::InProgress {
                logs: read_logs(&body),
            },
            "COMPLETED" => Self::Completed {
                logs: read_logs(&body),
                metrics: body.get("metrics").and_then(read),
                error: said("error").map(Into::into),
                error_type: said("error_type").map(Into::into),
            },
            status => Self::Other {
                status: status.into(),
                body,
            },
        }
    }
}

impl From<Status> for Value {
    fn from(status: Status) -> Self {
        match status {
            Status::InQueue { queue_position } => {
                json!({ "status": "IN_QUEUE", "queue_position": queue_position })
            }
            Status::InProgress { logs } => json!({ "status": "IN_PROGRESS", "logs": logs }),
            Status::Completed {
                logs,
                metrics,
                error,
                error_type,
            } => json!({
                "status": "COMPLETED",
                "logs": logs,
                "metrics": metrics,
                "error": error,
                "error_type": error_type,
            }),
            Status::Other { body, .. } => body,
        }
    }
}

/// A part of a status. One of another form is left out: the rest is worth reporting.
fn read<T: for<'a> Deserialize<'a>>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// The entries of a status, each in whatever form it has.
fn read_logs(status: &Value) -> Vec<Log> {
    let entries = status.get("logs").and_then(Value::as_array);
    entries.into_iter().flatten().map(read_log).collect()
}

fn read_log(entry: &Value) -> Log {
    read(entry).unwrap_or_else(|| {
        let text = |name| entry.get(name).and_then(Value::as_str).map(Into::into);
        let message = match entry.get("message").unwrap_or(entry) {
            Value::String(message) => message.clone(),
            other => other.to_string(),
        };
        Log {
            message,
            timestamp: text("timestamp"),
            level: text("level"),
        }
    })
}

/// Puts the entries that a stream has given so far into a status, whose own are only the newest
/// (§5.4).
pub(super) fn with_all_logs(mut status: Value, entries: &mut Vec<Value>) -> Value {
    if let Some(Value::Array(newest)) = status.get("logs") {
        entries.extend(newest.iter().cloned());
    }
    if let Some(fields) = status.as_object_mut().filter(|fields| has_logs(fields)) {
        fields.insert("logs".into(), Value::Array(entries.clone()));
    }
    status
}

fn has_logs(fields: &Map<String, Value>) -> bool {
    fields.contains_key("logs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_of_another_form_is_reported_with_all_it_says() {
        let body = json!({ "status": "PAUSED", "until": 7 });
        let status = Status::from(body.clone());
        assert_eq!(
            status,
            Status::Other {
                status: "PAUSED".into(),
                body: body.clone()
            }
        );
        assert_eq!(serde_json::to_value(&status).expect("JSON"), body);
    }

    #[test]
    fn fields_of_another_form_cost_no_status() {
        let status = Status::from(json!({
            "status": "COMPLETED",
            "logs": [{ "message": 7, "level": "INFO" }, "plain", { "message": "ok" }],
            "metrics": "none",
            "error": " ",
        }));
        let Status::Completed {
            logs,
            metrics,
            error,
            ..
        } = status
        else {
            panic!("{status:?}")
        };
        let lines: Vec<_> = logs.iter().map(|log| log.message.as_str()).collect();
        assert_eq!(lines, ["7", "plain", "ok"]);
        assert_eq!(logs[0].level.as_deref(), Some("INFO"));
        assert_eq!((metrics, error), (None, None));
    }

    #[test]
    fn a_status_survives_being_saved() {
        for status in [
            json!({ "status": "IN_QUEUE", "queue_position": 3 }),
            json!({ "status": "IN_PROGRESS", "logs": [{ "message": "x", "timestamp": "t", "level": "INFO" }] }),
            json!({ "status": "COMPLETED", "logs": [], "metrics": { "inference_time": 1.5 }, "error": "no", "error_type": null }),
        ] {
            let read = Status::from(status.clone());
            assert_eq!(Value::from(read), status);
        }
    }

    #[test]
    fn a_streams_statuses_have_all_the_logs_so_far() {
        let mut entries = Vec::new();
        with_all_logs(json!({ "logs": [1, 2] }), &mut entries);
        let status = with_all_logs(json!({ "logs": [3] }), &mut entries);
        assert_eq!(status, json!({ "logs": [1, 2, 3] }));
        let bare = with_all_logs(json!({ "queue_position": 1 }), &mut entries);
        assert_eq!(bare, json!({ "queue_position": 1 }));
        let last = with_all_logs(json!({ "logs": null }), &mut entries);
        assert_eq!(last, json!({ "logs": [1, 2, 3] }));
    }
}
