//! Faults of event streams: they stall, break off, end early, or come in pieces that split characters.

use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::Bytes;

use super::action::{Stop, StreamFault};
use super::body::{self, Lost, Source};
use crate::event_stream::Writer;

/// The wait between two pieces of a split stream, so that they arrive separately.
const APART: Duration = Duration::from_millis(2);
/// The most bytes of a piece. A piece that ends within a character may be shorter.
const PIECE: usize = 16;

/// Whether an answer is a stream that may never end.
pub(super) fn is_stream(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// The stream with a fault. Returns other answers, mostly errors, unchanged.
pub(super) fn struck(answer: Response, fault: StreamFault) -> Response {
    if !is_stream(&answer) {
        return answer;
    }
    body::rewritten(answer, move |mut source, mut writer| async move {
        let stop = match send(fault, &mut source, &mut writer).await {
            Ok(stop) => stop,
            Err(Lost::Caller) => return,
            Err(Lost::Answer) => Some(Stop::Cut),
        };
        match stop {
            None | Some(Stop::End) => {}
            Some(Stop::Cut) => body::cut(writer).await,
            // The source stays open, so the job goes on without noticing.
            Some(Stop::Stall) => silence(&mut writer).await,
        }
    })
}

/// Sends events until the fault stops the stream. `None` if the stream ended before.
async fn send(
    fault: StreamFault,
    source: &mut Source,
    writer: &mut Writer,
) -> Result<Option<Stop>, Lost> {
    let mut events = Events::default();
    if let Some((0, stop)) = fault.stop {
        return Ok(Some(stop));
    }
    while let Some(mut piece) = source.next(writer).await? {
        let end = fault
            .stop
            .and_then(|(after, stop)| Some((events.end_of(after, &piece)?, stop)));
        piece.truncate(end.map_or(piece.len(), |(end, _)| end));
        let pieces = if fault.split {
            split(&piece)
        } else {
            vec![piece]
        };
        for piece in pieces {
            writer.send_data(piece).await.map_err(|_| Lost::Caller)?;
            if fault.split {
                tokio::time::sleep(APART).await;
            }
        }
        if let Some((_, stop)) = end {
            return Ok(Some(stop));
        }
    }
    Ok(None)
}

async fn silence(writer: &mut Writer) {
    while writer.send_data(Bytes::new()).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Counts the events in the bytes of a stream. Comments do not count.
#[derive(Debug, Default)]
struct Events {
    count: u32,
    line_bytes: usize,
    has_data: bool,
}

impl Events {
    /// The offset in `piece` behind event number `after`, if that event ends in `piece`.
    fn end_of(&mut self, after: u32, piece: &[u8]) -> Option<usize> {
        for (at, byte) in piece.iter().enumerate() {
            match byte {
                b'\r' => {}
                b'\n' => {
                    let is_end = self.line_bytes == 0 && self.has_data;
                    self.line_bytes = 0;
                    if is_end {
                        self.has_data = false;
                        self.count += 1;
                        if self.count == after {
                            return Some(at + 1);
                        }
                    }
                }
                byte => {
                    // `data` is the only field that begins with a d.
                    self.has_data |= self.line_bytes == 0 && *byte == b'd';
                    self.line_bytes += 1;
                }
            }
        }
        None
    }
}

/// Splits bytes into small pieces. Every character of more than one byte is divided between two pieces.
fn split(bytes: &Bytes) -> Vec<Bytes> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    for (at, byte) in bytes.iter().enumerate() {
        let begins_character = *byte >= 0xc0;
        if begins_character || at + 1 - from == PIECE {
            pieces.push(bytes.slice(from..=at));
            from = at + 1;
        }
    }
    pieces.push(bytes.slice(from..));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_across_pieces_and_comments_are_not() {
        let text = b": ping\n\ndata: 1\n\nevent: x\r\ndata: 2\r\n\r\n: ping\n\ndata: 3\n\n";
        let end = |after: &[u8]| text.windows(after.len()).position(|it| it == after);
        let third = Events::default().end_of(3, text);
        assert_eq!(third, Some(text.len()));
        let first = Events::default().end_of(1, text);
        assert_eq!(first, end(b"event: x"));
        for at in 1..text.len() {
            let (one, two) = text.split_at(at);
            let mut events = Events::default();
            let found = events
                .end_of(2, one)
                .or_else(|| Some(at + events.end_of(2, two)?));
            assert_eq!(found, end(b": ping\n\ndata: 3"), "{at}");
        }
        assert_eq!(Events::default().end_of(4, text), None);
    }

    #[test]
    fn what_is_split_is_whole_together_and_broken_apart() {
        let text = "data: {\"m\":\"ganz schön 🎬 grün\"}\n\n";
        let pieces = split(&Bytes::from(text));
        assert_eq!(pieces.concat(), text.as_bytes());
        let broken = pieces
            .iter()
            .filter(|piece| std::str::from_utf8(piece).is_err());
        assert!(broken.count() == 4);
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
    }
}
