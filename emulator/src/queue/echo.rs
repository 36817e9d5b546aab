//! The emulator's own endpoint `emulator/echo` as a job. It takes no slot, writes the log lines in its input, and returns
//! the request.

use std::sync::Arc;

use axum::response::Response;
use serde_json::Map;

use super::entry::Entry;
use super::service::Queue;
use super::submit;
use super::terms::Terms;
use crate::own::Echo;
use crate::protocol::{ApiError, Call, Outcome};

/// Answers a submit.
pub(super) async fn submit(
    queue: &Arc<Queue>,
    call: Call,
    endpoint: &str,
) -> Result<Response, ApiError> {
    let terms = Terms::of(&call);
    let (base, origin) = (call.base.clone(), call.origin.clone());
    let echo = Echo::of(call).await?;
    let share = queue.input_memory.take(echo.bytes())?;
    let entry = Entry::new(endpoint, origin, Map::new()).under(terms);
    let entry = Arc::new(entry.hold(share));
    submit::enter(queue, &entry);
    let accepted = submit::confirm(&queue.jobs, &entry, &base);
    queue.runtime.spawn(perform(entry, echo));
    Ok(accepted)
}

async fn perform(entry: Arc<Entry>, echo: Echo) {
    if !entry.start() {
        return;
    }
    for line in echo.logs {
        entry.log(line);
    }
    tokio::select! {
        () = tokio::time::sleep(echo.delay) => entry.finish(Outcome::output(echo.output, 1.0)),
        () = entry.signal.wait() => entry.finish(Outcome::cancelled()),
    }
}
