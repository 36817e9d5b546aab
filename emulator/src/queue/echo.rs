//! The emulator's own endpoint `emulator/echo` as a job. It takes no slot, writes the log lines in its input, and returns
//! the request.

use std::sync::Arc;

use axum::response::Response;
use serde_json::Map;

use super::entry::Entry;
use super::outcome::Outcome;
use super::submit;
use super::terms::Terms;
use crate::app::App;
use crate::call::Call;
use crate::own::Echo;

/// Answers a submit.
pub(super) async fn answer(app: &Arc<App>, call: Call, endpoint: &str) -> Response {
    let terms = Terms::of(&call);
    let (base, origin) = (call.base.clone(), call.origin.clone());
    let echo = match Echo::of(call).await {
        Ok(echo) => echo,
        Err(refused) => return refused,
    };
    let share = match app.queue.take_memory(echo.bytes()) {
        Ok(share) => share,
        Err(refused) => return *refused,
    };
    let entry = Entry::new(endpoint, origin, Map::new()).under(terms);
    let entry = Arc::new(entry.hold(share));
    submit::enter(app, &entry);
    let accepted = submit::accepted(app, &entry, &base);
    app.runtime.spawn(perform(entry, echo));
    accepted
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
