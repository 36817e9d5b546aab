//! Where a server-sent event ends. Bytes go in as they come from the network, cut anywhere,
//! also within a character; the data of events comes out.

/// Stands after each event in what [`Events::read`] leaves. Data cannot hold it: it ends lines.
pub const END: u8 = b'\r';

/// How far a byte stream has been read as events (the WHATWG's event stream format). Only
/// `data` matters: fal's streams name no other field that a client acts on (protocol §7).
///
/// All of it is a number below [`Events::STATES`], 0 at a stream's beginning: how much of
/// [`PREFIX`] the line has matched so far, or the part after that; and two marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Events(pub u8);

/// The beginning of a line of data. Only the first line of a stream may have the byte order mark.
const PREFIX: &[u8] = b"\xef\xbb\xbfdata:";
/// A line that has not begun, but for the first.
const BLANK: u8 = 3;
/// The field's name, without its colon.
const NAMED: u8 = 7;
/// The colon: a space may follow.
const COLON: u8 = 8;
const DATA: u8 = 9;
/// The line is something else.
const OTHER: u8 = 10;
const LINE: u8 = 15;
/// The event that is not ended yet has data.
const HAS_DATA: u8 = 16;
/// The last byte was a CR: an LF right after it belongs to the same line end.
const AFTER_CR: u8 = 32;

impl Events {
    /// How many states there are.
    pub const STATES: u8 = 64;

    /// Takes the next bytes, and leaves the events' data at their beginning, with [`END`] after
    /// each event. Returns how many bytes of data there are. At a stream's end, two more LF
    /// end an event that lacks its blank line.
    pub fn read(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let data = bytes.get(at).and_then(|byte| self.next(*byte));
            // Each byte leaves one at most, so that only bytes that were read are overwritten.
            if let (Some(data), Some(place)) = (data, bytes.get_mut(kept)) {
                *place = data;
                kept += 1;
            }
        }
        kept
    }

    /// The byte of data that comes of a byte, if any.
    fn next(&mut self, byte: u8) -> Option<u8> {
        let line = self.0 & LINE;
        let was_cr = self.0 & AFTER_CR != 0;
        self.0 &= !AFTER_CR;
        match byte {
            b'\n' if was_cr => return None,
            b'\r' | b'\n' => {
                let brought = match line {
                    0 | BLANK => self.end_event(),
                    NAMED => self.begin_data(),
                    _ => None,
                };
                self.enter(BLANK);
                if byte == b'\r' {
                    self.0 |= AFTER_CR;
                }
                return brought;
            }
            _ => (),
        }
        match (line, PREFIX.get(usize::from(line))) {
            (NAMED, Some(&wanted)) if byte == wanted => {
                self.enter(COLON);
                return self.begin_data();
            }
            (_, Some(&wanted)) if byte == wanted => self.enter(line + 1),
            (0, _) => {
                self.enter(BLANK);
                return self.next(byte);
            }
            (COLON | DATA, _) => {
                self.enter(DATA);
                return (line == DATA || byte != b' ').then_some(byte);
            }
            _ => self.enter(OTHER),
        }
        None
    }

    fn enter(&mut self, line: u8) {
        self.0 = self.0 & !LINE | line;
    }

    /// An LF stands between the lines of one event's data.
    fn begin_data(&mut self) -> Option<u8> {
        let is_first = self.0 & HAS_DATA == 0;
        self.0 |= HAS_DATA;
        (!is_first).then_some(b'\n')
    }

    fn end_event(&mut self) -> Option<u8> {
        let has_data = self.0 & HAS_DATA != 0;
        self.0 &= !HAS_DATA;
        has_data.then_some(END)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn events(chunks: &[&[u8]]) -> Vec<String> {
        let mut parser = Events::default();
        let mut out = Vec::new();
        for chunk in chunks.iter().chain([&&b"\n\n"[..]]) {
            let mut bytes = chunk.to_vec();
            let kept = parser.read(&mut bytes);
            out.extend(&bytes[..kept]);
        }
        let text = String::from_utf8(out).expect("whole characters");
        text.split_terminator('\r').map(Into::into).collect()
    }

    #[test]
    fn events_end_at_a_blank_line_whatever_ends_the_lines() {
        for text in [
            "data: 1\n\ndata:2\n\n",
            "data: 1\r\n\r\ndata:2\r\n\r\n",
            "data: 1\r\rdata:2\r\r",
        ] {
            assert_eq!(events(&[text.as_bytes()]), ["1", "2"], "{text:?}");
        }
    }

    #[test]
    fn several_data_lines_are_one_event() {
        assert_eq!(events(&[b"data: {\ndata: }\n\n"]), ["{\n}"]);
        assert_eq!(events(&[b"data\ndata\n\n"]), ["\n"]);
    }

    #[test]
    fn comments_and_other_fields_are_no_data() {
        let text = b": ping\nevent: x\nid: 1\nretry: 5\ndatabase: no\ndata:  kept\n\n: end\n\n";
        assert_eq!(events(&[text]), [" kept"]);
    }

    #[test]
    fn an_event_without_data_is_none() {
        assert_eq!(events(&[b"event: x\n\n\n\n"]), [""; 0]);
        assert_eq!(events(&[b""]), [""; 0]);
    }

    #[test]
    fn empty_data_is_an_event() {
        assert_eq!(events(&[b"data:\n\n"]), [""]);
    }

    #[test]
    fn the_last_event_may_lack_its_blank_line_and_even_its_line_end() {
        assert_eq!(events(&[b"data: 1\n\ndata: 2"]), ["1", "2"]);
        assert_eq!(events(&[b"data: 1\n"]), ["1"]);
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        assert_eq!(events(&["\u{feff}data: 1\n\n".as_bytes()]), ["1"]);
        assert_eq!(
            events(&["data: 1\n\n\u{feff}data: 2\n\n".as_bytes()]),
            ["1"],
            "only the first"
        );
    }
}
