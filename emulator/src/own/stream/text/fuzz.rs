//! Checks that this project's client reads the events that generated inputs describe.

use fal_wasm::sse::{END, Events};
use proptest::prelude::*;
use serde_json::Value;

use super::Script;
use crate::hostile::{self, quickly};

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        r#"{"events":3,"payload":{"a":"Grüße\r\n\u0000"},"crlf":true,"event_name":"x"}"#,
        r#"{"values":[1,"\n\n",{"b":[null,{}]}],"multiline":true,"last_without_blank_line":true}"#,
        r#"{"malformed_after":1,"split_utf8":true,"events":4294967295}"#,
    ])
}

/// Parses a script. `None` if it cannot be performed, or if its event name contains a line break.
fn script(json: &[u8]) -> Option<Script> {
    let script: Script = serde_json::from_slice(json).ok()?;
    let name = script.event_name.as_deref().unwrap_or_default();
    (script.problem().is_none() && !name.contains(['\r', '\n'])).then_some(script)
}

#[test]
fn mixed_inputs_are_performed_and_refused() {
    hostile::assert_mixed(&inputs(), |json| script(&json).is_some());
}

proptest! {
    #[test]
    fn the_client_reads_the_events_that_were_written(json in inputs()) {
        let Some(script) = quickly(|| script(&json)) else { return Ok(()) };
        for index in 0..script.count().min(4) {
            // A blank line, which also ends an event that lacks its own.
            let mut bytes = [script.event(index).as_bytes(), b"\n\n"].concat();
            let kept = Events::default().read(&mut bytes);
            let mut read: Vec<_> = bytes[..kept].split(|byte| *byte == END).collect();
            prop_assert_eq!(read.pop(), Some(&[][..]));
            let is_malformed = script.malformed_after == Some(index);
            prop_assert_eq!(read.len(), if is_malformed { 2 } else { 1 });
            let value: Value = serde_json::from_slice(read[read.len() - 1]).expect("JSON");
            prop_assert_eq!(value, script.value(index));
        }
    }
}
