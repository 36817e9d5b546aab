//! Generated inputs, which describe answers.

use proptest::prelude::*;

use super::Content;
use crate::hostile::{self, quickly};

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        r#"{"content_type":"image/png","base64":"aGk=","status":201,"headers":{"x-a":"1"}}"#,
        r#"{"text":"hi","content_type":"text/plain","delay_ms":5}"#,
        r#"{"json":{"a":[1]},"status":599}"#,
    ])
}

#[test]
fn mixed_inputs_are_answered_and_refused() {
    let is_answered = |json: Vec<u8>| {
        serde_json::from_slice::<Content>(&json).is_ok_and(|it| it.response().is_ok())
    };
    hostile::assert_mixed(&inputs(), is_answered);
}

proptest! {
    #[test]
    fn an_input_is_answered_with_what_it_asks_for_or_refused(json in inputs()) {
        let read = || serde_json::from_slice::<Content>(&json).ok();
        let Some(response) = quickly(|| read().and_then(|it| it.response().ok())) else { return Ok(()) };
        let asked = read().expect("read before");
        prop_assert_eq!(response.status().as_u16(), asked.status);
        prop_assert_eq!(response.headers()["content-type"].as_bytes(), asked.kind.as_bytes());
    }
}
