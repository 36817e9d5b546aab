//! Server-sent events from the body of an answer (§7).

use std::collections::VecDeque;

use super::{body_reader::BodyReader, loss::Loss, page::within, reply::decode_utf8};
use crate::sse::{END, Events};

/// The event that ends a stream by `OpenAI`'s convention, which models pass on.
const DONE: &str = "[DONE]";

/// Reads the data of events, one after the other.
pub(super) struct EventReader {
    body: BodyReader,
    splitter: Splitter,
    is_over: bool,
}

impl EventReader {
    pub(super) fn new(body: BodyReader) -> Self {
        Self {
            body,
            splitter: Splitter::default(),
            is_over: false,
        }
    }

    /// The data of the next event, `None` at the end. It fails if the connection brings nothing for
    /// `idle_ms`. Comments are signs of life.
    pub(super) async fn next(&mut self, idle_ms: f64) -> Result<Option<String>, Loss> {
        loop {
            while let Some(data) = self.splitter.take() {
                match data.as_str() {
                    // An event without data is a sign of life, and no more.
                    "" => {}
                    DONE => self.is_over = true,
                    _ if self.is_over => {}
                    _ => return Ok(Some(data)),
                }
            }
            if self.is_over {
                return Ok(None);
            }
            match within(Some(idle_ms), self.body.next()).await {
                None => return Err(Loss::late(idle_ms)),
                Some(Err(loss)) => return Err(loss),
                Some(Ok(Some(bytes))) => self.splitter.push(bytes),
                Some(Ok(None)) => {
                    self.is_over = true;
                    // An event may lack its blank line.
                    self.splitter.push(b"\n\n".to_vec());
                    return Ok(self
                        .splitter
                        .take()
                        .filter(|data| !data.is_empty() && data != DONE));
                }
            }
        }
    }
}

/// Cuts bytes into the data of events.
#[derive(Default)]
struct Splitter {
    events: Events,
    begun: Vec<u8>,
    whole: VecDeque<String>,
}

impl Splitter {
    fn push(&mut self, mut bytes: Vec<u8>) {
        let kept = self.events.read(&mut bytes);
        bytes.truncate(kept);
        let mut texts = bytes.split(|byte| *byte == END).peekable();
        while let Some(text) = texts.next() {
            self.begun.extend(text);
            if texts.peek().is_some() {
                self.whole
                    .push_back(decode_utf8(std::mem::take(&mut self.begun)));
            }
        }
    }

    fn take(&mut self) -> Option<String> {
        self.whole.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&str]) -> Vec<String> {
        let mut splitter = Splitter::default();
        for chunk in chunks {
            splitter.push(chunk.as_bytes().to_vec());
        }
        std::iter::from_fn(|| splitter.take()).collect()
    }

    #[test]
    fn events_come_whole_however_they_are_cut() {
        assert_eq!(split(&["data: 1\n\ndata: 2\n", "\ndata: 3"]), ["1", "2"]);
        assert_eq!(split(&["data: a", "b\n\n"]), ["ab"]);
        assert_eq!(split(&[": ping\n\n", "data:\n\n"]), [""]);
    }

    #[test]
    fn a_character_may_be_cut_in_two() {
        let mut splitter = Splitter::default();
        let bytes = "data: é\n\n".as_bytes();
        let (first, second) = bytes.split_at(7);
        splitter.push(first.to_vec());
        splitter.push(second.to_vec());
        assert_eq!(splitter.take().as_deref(), Some("é"));
    }
}
