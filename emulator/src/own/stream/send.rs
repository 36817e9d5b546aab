//! Performs a script. Events without a wait between them are sent in one piece.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::bytes::{chunk, split};
use super::script::Script;
use crate::event_stream::Writer;

/// The number of collected bytes from which a piece is sent.
const LARGEST_PIECE: usize = 64 << 10;
/// A wait that is long enough for the other side to read two pieces separately.
const APART: Duration = Duration::from_millis(3);

/// A stream that is being sent.
struct Sending {
    script: Script,
    writer: Writer,
    collected: BytesMut,
}

/// The caller has left.
struct Left;

/// Performs `script`, until it ends or the caller leaves.
pub(super) async fn perform(script: Script, writer: Writer) {
    let mut sending = Sending {
        script,
        writer,
        collected: BytesMut::new(),
    };
    // If the caller has left, there is nothing more to do.
    if let Ok(true) = sending.all().await {
        let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
        // The bytes before the cut must be sent first.
        tokio::time::sleep(APART).await;
        sending.writer.abort(cut);
    }
}

impl Sending {
    /// Sends every event; `true` if the connection is to be cut.
    async fn all(&mut self) -> Result<bool, Left> {
        for index in 0..self.script.count() {
            if self.script.cut_after == Some(index) {
                self.flush().await?;
                return Ok(true);
            }
            self.stall(index).await?;
            if index > 0 && self.script.delay_ms > 0 {
                self.wait().await?;
            }
            self.one(index).await?;
        }
        self.stall(self.script.count()).await?;
        self.flush().await?;
        Ok(self.script.cut_after == Some(self.script.count()))
    }

    async fn one(&mut self, index: u32) -> Result<(), Left> {
        if self.script.binary {
            self.collected
                .extend(chunk(index, self.script.chunk_bytes()));
            return self.flush_if(self.script.delay_ms == 0).await;
        }
        let text = self.script.event(index);
        if !self.script.split_utf8 {
            self.collected.extend_from_slice(text.as_bytes());
            return self.flush_if(self.collected.len() >= LARGEST_PIECE).await;
        }
        for piece in split(&text) {
            self.collected.extend_from_slice(&piece);
            self.flush().await?;
            tokio::time::sleep(APART).await;
        }
        Ok(())
    }

    /// Stalls, if the script stalls before event number `index`.
    async fn stall(&mut self, index: u32) -> Result<(), Left> {
        if self.script.stall_after != Some(index) {
            return Ok(());
        }
        self.flush().await?;
        match self.script.stall_ms {
            Some(stall_ms) => tokio::time::sleep(millis(stall_ms)).await,
            None => return self.until_left().await,
        }
        Ok(())
    }

    /// Waits between two events, and sends comments if the script has them.
    async fn wait(&mut self) -> Result<(), Left> {
        self.flush().await?;
        let until = tokio::time::Instant::now() + millis(self.script.delay_ms);
        if let Some(every) = self.script.comment_every {
            let every = millis(every);
            while tokio::time::Instant::now() + every < until {
                tokio::time::sleep(every).await;
                self.collected
                    .extend_from_slice(self.script.comment().as_bytes());
                self.flush().await?;
            }
        }
        tokio::time::sleep_until(until).await;
        Ok(())
    }

    async fn flush_if(&mut self, is_due: bool) -> Result<(), Left> {
        if is_due { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Left> {
        if self.collected.is_empty() {
            return Ok(());
        }
        let piece: Bytes = self.collected.split().freeze();
        self.writer.send_data(piece).await.map_err(|_| Left)
    }

    /// Sends nothing more, and waits until the caller leaves.
    async fn until_left(&mut self) -> Result<(), Left> {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            // Sending an empty piece writes nothing to the connection, but fails if the caller has left.
            self.writer
                .send_data(Bytes::new())
                .await
                .map_err(|_| Left)?;
        }
    }
}

fn millis(millis: u32) -> Duration {
    Duration::from_millis(millis.into())
}
