//! One connection: receives frames and sends answers, until the caller, the app or a long silence ends it (protocol
//! §8.1).

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::frame;
use super::pending::Pending;
use super::worker::{self, Answer};
use crate::cancel::Cancel;

/// How long a connection may be silent, unless an input sets another time.
const IDLE: Duration = Duration::from_mins(1);
/// How long the caller has to answer a close.
const FAREWELL: Duration = Duration::from_secs(2);

/// The facts that a connection needs from its handshake.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) is_authorized: bool,
    /// Set when the emulator ends.
    pub(super) ending: Arc<Cancel>,
    pub(super) buffering: usize,
}

impl Session {
    /// Serves the connection until it ends.
    pub(super) async fn serve(self, mut socket: WebSocket) {
        if !self.is_authorized {
            let _ = socket.send(frame::unauthorized()).await;
            return part(&mut socket, worker::close(1008, "Unauthorized")).await;
        }
        let pending = Arc::new(Pending::new(self.buffering));
        let (sender, answers) = mpsc::channel(16);
        let work = tokio::spawn(worker::work(Arc::clone(&pending), sender));
        let mut talk = Talk {
            socket,
            pending,
            answers,
            idle: IDLE,
        };
        tokio::select! {
            () = talk.run() => {}
            () = self.ending.wait() => {
                let _ = talk.socket.send(worker::close(1001, "The emulator ends")).await;
            }
        }
        work.abort();
    }
}

/// The state of a connection.
struct Talk {
    socket: WebSocket,
    pending: Arc<Pending>,
    answers: mpsc::Receiver<Answer>,
    idle: Duration,
}

impl Talk {
    async fn run(&mut self) {
        let mut heard = Instant::now();
        loop {
            let next = tokio::select! {
                frame = self.socket.recv() => match frame {
                    Some(Ok(frame)) => self.take(frame).await,
                    // The caller has left, or has violated the protocol.
                    Some(Err(_)) | None => ControlFlow::Break(()),
                },
                Some(answer) = self.answers.recv() => self.give(answer).await,
                () = tokio::time::sleep_until(heard + self.idle) => {
                    return self.time_out().await;
                }
            };
            if next.is_break() {
                return;
            }
            heard = Instant::now();
        }
    }

    async fn take(&mut self, frame: Message) -> ControlFlow<()> {
        let input = match frame {
            Message::Binary(bytes) => frame::unpack(&bytes),
            Message::Text(text) => frame::parse(&text),
            // The next `recv` answers a close, and then ends.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {
                return ControlFlow::Continue(());
            }
        };
        match input {
            Ok(input) => {
                self.pending.push(input);
                ControlFlow::Continue(())
            }
            Err(why) => self.send(frame::error("BAD_REQUEST", &why)).await,
        }
    }

    async fn give(&mut self, answer: Answer) -> ControlFlow<()> {
        match answer {
            Answer::Idle(idle) => self.idle = idle,
            Answer::Send(message @ Message::Close(_)) => {
                part(&mut self.socket, message).await;
                return ControlFlow::Break(());
            }
            Answer::Send(message) => return self.send(message).await,
        }
        ControlFlow::Continue(())
    }

    async fn send(&mut self, message: Message) -> ControlFlow<()> {
        match self.socket.send(message).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Sends the timeout notice, which is no error, and closes the connection.
    async fn time_out(&mut self) {
        let text = "Nothing was sent for a while";
        let _ = self.socket.send(frame::error("TIMEOUT", text)).await;
        part(&mut self.socket, worker::close(1000, "TIMEOUT")).await;
    }
}

/// Sends a close, and waits for the answer. If the connection ended while the caller still sends, it would be reset, and
/// the last frames would be lost.
pub(super) async fn part(socket: &mut WebSocket, close: Message) {
    if socket.send(close).await.is_err() {
        return;
    }
    let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(FAREWELL, answered).await;
}
