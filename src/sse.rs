//! Where a server-sent event ends. Bytes go in as they come from the network, cut anywhere,
//! also within a character; the data of whole events comes out.

/// Splits a byte stream into events (the WHATWG's event stream format). Only `data` matters:
/// fal's streams name no other field that a client acts on (protocol §7).
#[derive(Debug, Default)]
pub struct Events {
    /// The line that is not ended yet.
    line: Vec<u8>,
    /// The data lines of the event that is not ended yet, each ended by LF.
    data: Vec<u8>,
    /// The last byte was a CR: an LF right after it belongs to the same line end.
    after_cr: bool,
    /// The first line, before which a byte order mark may stand, has ended.
    has_begun: bool,
}

/// Stands after each event in what [`Events::feed`] gives. Data cannot hold it: it ends lines.
pub const END: u8 = b'\r';

impl Events {
    /// Takes the next bytes; gives the data of every event that they end, each followed by
    /// [`END`].
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for &byte in bytes {
            let is_line_end = matches!(byte, b'\r' | b'\n');
            if !is_line_end {
                self.line.push(byte);
            } else if byte == b'\r' || !self.after_cr {
                self.end_line(&mut out);
            }
            self.after_cr = byte == b'\r';
        }
        out
    }

    /// The stream has ended; gives the data of an event that lacks its blank line.
    pub fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.end_line(&mut out);
        self.end_event(&mut out);
        out
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        let mark: &[u8] = if self.has_begun { b"" } else { b"\xef\xbb\xbf" };
        self.has_begun = true;
        let line = self.line.strip_prefix(mark).unwrap_or(&self.line);
        if line.is_empty() {
            self.end_event(out);
        } else if let Some(data) = data_of(line) {
            self.data.extend_from_slice(data);
            self.data.push(b'\n');
        }
        self.line.clear();
    }

    fn end_event(&mut self, out: &mut Vec<u8>) {
        if self.data.pop().is_some() {
            out.append(&mut self.data);
            out.push(END);
        }
    }
}

/// What a line adds to the event's data; `None` for comments and other fields.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b"data")? {
        [] => Some(&[]),
        [b':', b' ', data @ ..] | [b':', data @ ..] => Some(data),
        _ => None,
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
        for chunk in chunks {
            out.extend(parser.feed(chunk));
        }
        out.extend(parser.end());
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
