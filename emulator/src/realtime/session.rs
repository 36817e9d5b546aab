//! One connection: frames in, answers out, and its end by the caller, by the app, or by
//! silence (protocol §8.1).

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::frame;
use super::pending::Pending;
use super::worker::{self, Answer};
use crate::app::App;

/// How long a connection may be silent, unless an input says otherwise.
const IDLE: Duration = Duration::from_mins(1);
/// How long the other side has to answer a close.
const FAREWELL: Duration = Duration::from_secs(2);

/// What a connection needs to know from its handshake.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) app: Arc<App>,
    pub(super) is_authorized: bool,
    pub(super) buffering: usize,
}

impl Session {
    /// Serves it until it ends.
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
            () = self.app.ending.wait() => {
                let _ = talk.socket.send(worker::close(1001, "The emulator ends")).await;
            }
        }
        work.abort();
    }
}

/// A connection that is served.
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
                    // Ended, or not kept to the protocol.
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
            // A close is answered with the next look at the socket, which then ends.
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

    /// The notice, which is no error, and the close.
    async fn time_out(&mut self) {
        let text = "Nothing was sent for a while";
        let _ = self.socket.send(frame::error("TIMEOUT", text)).await;
        part(&mut self.socket, worker::close(1000, "TIMEOUT")).await;
    }
}

/// Closes, and waits for the other side to have read it: what it still sends must not
/// reset the connection under the last frames.
async fn part(socket: &mut WebSocket, close: Message) {
    if socket.send(close).await.is_err() {
        return;
    }
    let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(FAREWELL, answered).await;
}
