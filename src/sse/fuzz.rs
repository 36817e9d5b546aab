//! Any bytes as an event stream, cut anywhere.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{END, Events};
use crate::hostile::{self, quickly};

fn streams() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        "data: {\"status\":\"IN_QUEUE\"}\n\ndata: {\"status\":\"COMPLETED\"}\n\n",
        "\u{feff}data: 1\r\n\r\n: ping\r\n\r\ndata:2\r\n\r\n",
        "event: x\rid: 1\rretry: 5\rdata: é😀\r\rdata\rdata:\r\r",
        "data:  {\ndata\ndata: }\n\ndatabase: no\n data: no\n\n\ndata:a",
    ])
}

/// The events of a stream that is there as a whole, as the WHATWG tells to read it; with one
/// at its end that lacks its blank line, which only a stream's end cuts off.
fn reference(stream: &[u8]) -> Vec<Vec<u8>> {
    let stream = stream.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stream);
    let mut rest = stream;
    let (mut events, mut data) = (Vec::new(), None::<Vec<u8>>);
    loop {
        let end = rest
            .iter()
            .position(|byte| b"\r\n".contains(byte))
            .unwrap_or(rest.len());
        let line = &rest[..end];
        if line.is_empty() {
            events.extend(data.take());
        }
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default();
        if &line[..colon] == b"data" {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            data = Some(data.map_or_else(
                || value.to_vec(),
                |data| [&data, &b"\n"[..], value].concat(),
            ));
        }
        let ends = if rest[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        let Some(after) = rest.get(end + ends..) else {
            events.extend(data);
            return events;
        };
        rest = after;
    }
}

fn fed(parser: &mut Events, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let kept = parser.read(&mut bytes);
    assert!(parser.0 < Events::STATES);
    bytes.truncate(kept);
    bytes
}

/// The events that the parser finds in the stream, fed in pieces.
fn read(stream: &[u8], cuts: &[Index]) -> Vec<Vec<u8>> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    cuts.sort_unstable();
    let (mut parser, mut out, mut from) = (Events::default(), Vec::new(), 0);
    for cut in cuts.into_iter().chain([stream.len()]) {
        out.extend(fed(&mut parser, &stream[from..cut]));
        from = cut;
    }
    out.extend(fed(&mut parser, b"\n\n"));
    let mut events: Vec<_> = out.split(|byte| *byte == END).map(<[u8]>::to_vec).collect();
    assert_eq!(events.pop(), Some(Vec::new()), "each event is ended");
    events
}

#[test]
fn mixed_streams_have_events_and_have_none() {
    hostile::assert_mixed(&streams(), |stream| !reference(&stream).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_are_the_events_that_the_standard_tells(
        stream in streams(), cuts in vec(any::<Index>(), 0..8),
    ) {
        prop_assert_eq!(quickly(|| read(&stream, &cuts)), reference(&stream));
    }

    #[test]
    fn bytes_that_come_one_by_one_are_the_same_events(stream in streams()) {
        let (mut parser, mut out) = (Events::default(), Vec::new());
        for byte in stream.chunks(1) {
            out.extend(fed(&mut parser, byte));
        }
        let mut whole = Events::default();
        prop_assert_eq!(out, fed(&mut whole, &stream));
        prop_assert_eq!(parser, whole);
    }
}
