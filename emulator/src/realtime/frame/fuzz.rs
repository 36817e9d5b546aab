//! Generated frames of bytes and of text.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::hostile::{self, quickly};
use crate::realtime::script::Script;

fn packed(value: serde_json::Value) -> Vec<u8> {
    let Message::Binary(bytes) = pack(&from_json(value)) else {
        panic!("not binary")
    };
    bytes.to_vec()
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let mut nested = json!({"a": 1});
    for _ in 0..40 {
        nested = json!([nested, "x"]);
    }
    hostile::bytes(&[
        packed(
            json!({"prompt": "a cat", "results": 3, "delay_ms": 2.0, "close": 4001, "as": "json"}),
        ),
        packed(
            json!({"error": "X", "reason": "Grüße", "idle_ms": 5, "list": [1, -2, 2.5, null, true]}),
        ),
        packed(nested),
        // An extension, bytes, a number as key, and an array with a length of four thousand million items.
        vec![
            0x83, 0xc0, 0xd4, 0x01, 0xff, 0x07, 0xc4, 0x02, 0xff, 0xfe, 0xa1, 0x61, 0xcb, 0x7f,
            0xf8, 0, 0, 0, 0, 0, 0,
        ],
        vec![0xdd, 0xff, 0xff, 0xff, 0xff, 0x01],
        vec![0xc6, 0xff, 0xff, 0xff, 0xff, 0x01],
    ])
}

fn depth(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Map(fields) => fields
            .iter()
            .map(|(name, value)| depth(name).max(depth(value)))
            .max()
            .unwrap_or(0),
        _ => 0,
    }
}

#[test]
fn mixed_frames_are_understood_and_refused() {
    hostile::assert_mixed(&frames(), |frame| unpack(&frame).is_ok());
}

proptest! {
    #[test]
    fn a_frame_of_bytes_is_one_value_that_can_be_sent_back(frame in frames()) {
        let Ok(value) = quickly(|| unpack(&frame)) else { return Ok(()) };
        prop_assert!(depth(&value) <= DEEPEST + 1);
        let Message::Binary(again) = pack(&value) else { panic!("not binary") };
        // Compares the bytes, as NaN is not equal to itself.
        let Message::Binary(twice) = pack(&unpack(&again).expect("its own")) else { panic!("not binary") };
        prop_assert_eq!(again, twice);
        let Message::Text(shown) = text(&value) else { panic!("not text") };
        let parsed = serde_json::from_str::<serde_json::Value>(&shown);
        prop_assert!(parsed.is_ok(), "{}", shown);
        if let Ok(script) = Script::of(&value) {
            prop_assert!(script.results <= 10_000);
        }
    }

    #[test]
    fn a_frame_of_text_is_the_json_it_was(frame in hostile::text(&[r#"{"prompt":"ü","n":[1,-2,2.5,1e300,18446744073709551615],"o":{"":null}}"#, "[[[[[[[[1]]]]]]]]"])) {
        match (quickly(|| parse(&frame)), serde_json::from_str::<serde_json::Value>(&frame)) {
            (Ok(value), Ok(json)) => prop_assert_eq!(to_json(&value), json),
            (Err(why), Err(_)) => prop_assert!(why.contains("not JSON")),
            (ours, theirs) => prop_assert!(false, "{:?} {:?}", ours, theirs),
        }
    }
}
