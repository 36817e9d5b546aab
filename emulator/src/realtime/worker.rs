//! The app behind a WebSocket: `emulator/realtime`, which fal.ai does not have. It processes one input after the other,
//! and echoes each as the fields of the input describe.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message};
use rmpv::Value;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::SendError;

use super::frame;
use super::pending::Pending;
use super::script::Script;

/// An order from the worker to the session.
#[derive(Debug)]
pub(super) enum Answer {
    Send(Message),
    /// End the connection after this long a silence, from now on.
    Idle(Duration),
}

/// The close frame that ends a connection.
pub(super) fn close(code: u16, reason: impl Into<String>) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: reason.into().into(),
    }))
}

/// Processes inputs until the session takes no more answers.
pub(super) async fn work(pending: Arc<Pending>, answers: Sender<Answer>) {
    for count in 1.. {
        let input = pending.next().await;
        if perform(&input, count, &answers).await.is_err() {
            return;
        }
    }
}

async fn perform(
    input: &Value,
    count: u64,
    answers: &Sender<Answer>,
) -> Result<(), SendError<Answer>> {
    let began = Instant::now();
    let send = |message| answers.send(Answer::Send(message));
    let script = match Script::of(input) {
        Ok(script) => script,
        Err(why) => return send(frame::error("BAD_REQUEST", &why)).await,
    };
    if let Some(idle_ms) = script.idle_ms {
        let idle = Duration::from_millis(idle_ms);
        answers.send(Answer::Idle(idle)).await?;
    }
    tokio::time::sleep(Duration::from_millis(script.delay_ms)).await;
    if script.is_unauthorized {
        send(frame::unauthorized()).await?;
        return send(close(1008, "Unauthorized")).await;
    }
    if let Some((code, reason)) = &script.error {
        send(frame::error(code, reason)).await?;
    } else {
        for index in 0..script.results {
            send(result(input, &script, count, index)).await?;
        }
        send(frame::timings(began.elapsed().as_secs_f64())).await?;
    }
    match script.close {
        Some((code, reason)) => send(close(code, reason)).await,
        None => Ok(()),
    }
}

/// The result `{"echo", "count", "index"}`: the input, its number on this connection, and the index of the result.
fn result(input: &Value, script: &Script, count: u64, index: u64) -> Message {
    let result = Value::Map(vec![
        ("echo".into(), input.clone()),
        ("count".into(), count.into()),
        ("index".into(), index.into()),
    ]);
    if script.is_json {
        return frame::text(&result);
    }
    frame::pack(&result)
}
