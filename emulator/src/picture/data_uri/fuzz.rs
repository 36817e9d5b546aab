//! Checks that decoding a data URI returns the encoded bytes, and that malformed ones are refused.

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::hostile::{self, quickly};

fn uris() -> impl Strategy<Value = String> {
    hostile::text(&[
        "data:text/plain;base64,aGk/",
        "DATA:;base64,aGk%2F",
        "data:image/png;charset=x;base64,iVBORw0KGgoAAAANSUhEUgAAAAE=",
        "data:text/plain,hi%3f%20%zz?",
        "https://example.com/a:b",
    ])
}

/// Percent-decoding, digit by digit.
fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            out.push(u8::try_from(high * 16 + low).expect("a byte"));
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    out
}

/// Encodes bytes as base64 in one of its forms: with or without padding, percent-encoded, broken into lines.
fn written(bytes: &[u8], padded: bool, encode_every: usize, break_every: usize) -> String {
    let text = if padded {
        STANDARD.encode(bytes)
    } else {
        STANDARD_NO_PAD.encode(bytes)
    };
    let mut out = String::from("data:image/png;base64,");
    for (at, c) in text.chars().enumerate() {
        if at % encode_every == 1 {
            out.push_str(percent_encoding::percent_encode_byte(
                u8::try_from(c).expect("ASCII"),
            ));
        } else {
            out.push(c);
        }
        if at % break_every == 2 {
            out.push_str([" ", "\r\n", "\t", "%0A"][at % 4]);
        }
    }
    out
}

#[test]
fn mixed_uris_are_decoded_and_refused() {
    hostile::assert_mixed(&uris(), |uri| {
        body(&uri).is_some_and(|body| decode(body).is_ok())
    });
}

proptest! {
    #[test]
    fn bytes_survive_every_way_of_writing_them(
        bytes in vec(any::<u8>(), 0..200), padded in any::<bool>(), encode_every in 1_usize..9, break_every in 1_usize..9,
    ) {
        let uri = written(&bytes, padded, encode_every, break_every);
        let decoded = quickly(|| decode(body(&uri).expect("a data URI")));
        prop_assert_eq!(decoded.expect("decoded"), bytes);
    }

    #[test]
    fn what_is_decoded_is_what_is_written(uri in uris()) {
        let Some(body) = body(&uri) else { return Ok(()) };
        let Ok(bytes) = quickly(|| decode(body)) else { return Ok(()) };
        let (description, data) = body.split_once(',').expect("a comma");
        let plain = percent_decoded(data);
        if !description.to_ascii_lowercase().trim_end().ends_with("base64") {
            prop_assert_eq!(bytes, plain);
        } else if bytes != plain {
            let mut text = String::from_utf8(plain).expect("base64 is ASCII");
            text.retain(|c| !c.is_ascii_whitespace());
            prop_assert_eq!(STANDARD_NO_PAD.encode(bytes), text.trim_end_matches('='));
        }
    }
}
