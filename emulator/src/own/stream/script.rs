//! The script of a stream.

use serde::Deserialize;
use serde_json::{Value, json};

/// The most events of a stream, and the most bytes of a binary chunk.
const MOST: u32 = 1_000_000;

/// The input of `emulator/stream`. Counts are of events, or of binary chunks; times are
/// in milliseconds. Every field may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Script {
    /// The number of events. The default is the number of `values`, or 3 without `values`.
    events: Option<u32>,
    /// The data of every event, in place of `{"index", "text"}`.
    payload: Option<Value>,
    /// The data of the events, in this order. If there are more `events` than values, the values are repeated.
    values: Vec<Value>,
    /// A wait before every event but the first.
    pub(super) delay_ms: u32,
    /// Sends a comment each time a wait has lasted this long.
    pub(super) comment_every: Option<u32>,
    /// Stalls after this number of events: sends nothing for `stall_ms`.
    pub(super) stall_after: Option<u32>,
    /// The length of the stall. Without it, the stream stalls until the caller leaves.
    pub(super) stall_ms: Option<u32>,
    /// Cuts the connection after this number of events.
    pub(super) cut_after: Option<u32>,
    /// Sends an event that is not valid JSON after this number of events.
    pub(super) malformed_after: Option<u32>,
    /// Sends each character of more than one byte in two pieces.
    pub(super) split_utf8: bool,
    /// Ends lines with CR LF.
    pub(super) crlf: bool,
    /// Gives every event this `event:` line.
    pub(super) event_name: Option<String>,
    /// Writes the JSON over several lines of `data:`.
    pub(super) multiline: bool,
    /// Leaves out the blank line after the last event.
    pub(super) last_without_blank_line: bool,
    /// Sends chunks of bytes in place of events.
    pub(super) binary: bool,
    /// The size of a chunk in bytes. The default is 1024.
    chunk_bytes: Option<u32>,
    pub(super) content_type: Option<String>,
    /// Answers with this HTTP status in place of a stream, and `body`.
    pub(super) status: Option<u16>,
    pub(super) body: Option<Value>,
}

impl Script {
    /// The first field that cannot be performed, and the reason. `None` if all can.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let most = format!("At most {MOST}");
        if self.count() > MOST {
            return Some(("events", most));
        }
        if self.chunk_bytes() > MOST {
            return Some(("chunk_bytes", most));
        }
        if self.comment_every == Some(0) {
            return Some(("comment_every", "At least 1 ms".to_owned()));
        }
        let status = self.status.filter(|status| !(200..=999).contains(status));
        status.map(|status| ("status", format!("{status} cannot be answered with")))
    }

    pub(super) fn count(&self) -> u32 {
        let values = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.events.unwrap_or(if values > 0 { values } else { 3 })
    }

    pub(super) fn chunk_bytes(&self) -> u32 {
        self.chunk_bytes.unwrap_or(1024)
    }

    /// The data of event number `index`, counted from 0.
    pub(super) fn value(&self, index: u32) -> Value {
        let at = usize::try_from(index).unwrap_or_default();
        if let Some(value) = self.values.get(at % self.values.len().max(1)) {
            return value.clone();
        }
        let payload = self.payload.clone();
        payload.unwrap_or_else(|| json!({ "index": index, "text": "Grüße, 世界 🎬" }))
    }
}
