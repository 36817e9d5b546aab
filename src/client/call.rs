//! A running call: a stream of updates, and a future of its result.

use std::{
    fmt,
    future::IntoFuture,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use futures_channel::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    oneshot,
};
use futures_core::Stream;
use futures_util::{FutureExt, StreamExt, future::LocalBoxFuture};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    decode::decode,
    error::Error,
    handle::RequestHandle,
    host::Host,
    page,
    plan::{Outcome, Plan},
    prepare::{Preparation, Prepare, unless_stopped},
    progress::Timings,
    reporter::{Reporter, Update},
    status::{Metrics, Status},
    stops::Stops,
};
use crate::{engine::Stop, protocol::Operation};

/// A result and the id of the request that gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Completed<T> {
    /// The model's output.
    pub data: T,
    /// The request's id. Empty after a run whose answer does not name one to this page.
    pub request_id: String,
    /// Measurements of the service, if the request was followed.
    pub metrics: Option<Metrics>,
    /// How long it took, as seen from here, if the request was followed.
    pub timings: Option<Timings>,
    /// The units that the request is billed by, if the page may read that header.
    pub billable_units: Option<f64>,
}

/// A running call.
///
/// It is a [`Stream`] of its [updates](Update), which ends with the call. Await it for the result:
///
/// ```no_run
/// # use fal_wasm::{Client, Error, Update, models::kandinsky5::{ProTextToVideo, ProTextToVideoInput}};
/// # use futures_util::StreamExt;
/// # async fn example(client: Client, input: ProTextToVideoInput) -> Result<(), Error> {
/// let mut call = client.subscribe::<ProTextToVideo>(&input);
/// while let Some(update) = call.next().await {
///     if let Update::Progress(progress) = update { /* show it */ }
/// }
/// let completed = call.await?;
/// # Ok(())
/// # }
/// ```
///
/// It has begun already, and goes on whether it is polled or not. **Dropping it stops it**: its requests are
/// aborted, and its job is cancelled. If the submit is in flight, the client waits for its request id, and
/// then cancels the request. [`detach`](Self::detach) leaves the job running.
#[must_use = "dropping a call stops it and cancels its job: await it, or detach it"]
pub struct Call<R> {
    updates: UnboundedReceiver<Update>,
    outcome: oneshot::Receiver<Result<Outcome, Error>>,
    ended: Option<oneshot::Receiver<Option<RequestHandle>>>,
    stopper: Stopper,
    finish: fn(Outcome) -> Result<R, Error>,
}

/// Stops a call from elsewhere, an event handler for instance: see [`Call::stopper`].
#[derive(Debug, Clone)]
pub struct Stopper(UnboundedSender<Stop>);

impl Stopper {
    /// Stops the call, which fails with [`Error::Aborted`], and cancels its job. Without effect after the
    /// end of the call.
    pub fn abort(&self) {
        self.stop(Stop::Aborted);
    }

    /// Ends the call, which fails with [`Error::Detached`], and leaves its job running. Without effect
    /// after the end of the call.
    pub fn detach(&self) {
        self.stop(Stop::Detached);
    }

    fn stop(&self, stop: Stop) {
        // A call that has ended needs no stop.
        let _ = self.0.unbounded_send(stop);
    }
}

/// A call that was [detached](Call::detach). It can be awaited for the handle of its request: `None` if nothing
/// was submitted. Dropping it has no effect.
#[derive(Debug)]
pub struct DetachedCall(oneshot::Receiver<Option<RequestHandle>>);

impl Future for DetachedCall {
    type Output = Option<RequestHandle>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(context).map(|ended| ended.ok().flatten())
    }
}

/// A call before it begins: its plan, and the files to upload first.
pub(super) struct Task {
    pub(super) plan: Plan,
    pub(super) preparation: Option<(Prepare, Preparation)>,
    pub(super) timeout_ms: Option<f64>,
    /// Report every status, changed or not.
    pub(super) repeats: bool,
}

impl<R> Call<R> {
    /// Begins a call.
    pub(super) fn begin(
        task: Result<Task, Error>,
        finish: fn(Outcome) -> Result<R, Error>,
    ) -> Self {
        let (update_sender, updates) = unbounded();
        let (outcome_sender, outcome) = oneshot::channel();
        let (ended_sender, ended) = oneshot::channel();
        let (stop_sender, stops) = unbounded();
        let task = task.and_then(|task| {
            if page::is_there() {
                Ok(task)
            } else {
                Err(Error::NotInBrowser)
            }
        });
        match task {
            Ok(task) => wasm_bindgen_futures::spawn_local(async move {
                let handle = perform(task, update_sender, outcome_sender, stops).await;
                // Only a detached call waits for it.
                let _ = ended_sender.send(handle);
            }),
            Err(error) => {
                // The receiver is here.
                let _ = outcome_sender.send(Err(error));
            }
        }
        Self {
            updates,
            outcome,
            ended: Some(ended),
            stopper: Stopper(stop_sender),
            finish,
        }
    }

    /// Leaves the job running, and ends the call. Before the submit it ends the uploads, and nothing is
    /// submitted; a submit in flight is waited for. Await the returned value for the request's handle.
    #[allow(clippy::must_use_candidate)] // it is done either way
    pub fn detach(mut self) -> DetachedCall {
        self.stopper.detach();
        let ended = self.ended.take();
        DetachedCall(ended.unwrap_or_else(|| oneshot::channel().1))
    }

    /// A handle that stops the call from elsewhere.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, models::kandinsky5::{ProTextToVideo, ProTextToVideoInput}};
    /// # async fn example(client: Client, input: ProTextToVideoInput) {
    /// let call = client.subscribe::<ProTextToVideo>(&input);
    /// let stopper = call.stopper();
    /// let on_click = move || stopper.abort();
    /// let result = call.await; // Error::Aborted after the click
    /// # }
    /// ```
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Awaits the result, and calls `report` with each update meanwhile. It may borrow.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, Error, Update, models::kandinsky5::{ProTextToVideo, ProTextToVideoInput}};
    /// # async fn example(client: Client, input: ProTextToVideoInput) -> Result<(), Error> {
    /// let mut count = 0;
    /// let completed = client.subscribe::<ProTextToVideo>(&input).on_update(|_| count += 1).await?;
    /// println!("{count} updates");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn on_update(mut self, mut report: impl FnMut(Update)) -> Result<R, Error> {
        while let Some(update) = self.updates.next().await {
            report(update);
        }
        self.result().await
    }

    /// Awaits the result, as `.await` on the call does.
    pub async fn result(mut self) -> Result<R, Error> {
        // Nobody reads updates any more: they are not kept.
        self.updates.close();
        while self.updates.try_recv().is_ok() {}
        match (&mut self.outcome).await {
            Ok(outcome) => (self.finish)(outcome?),
            // The task is gone, with the page for instance.
            Err(_) => Err(Error::Aborted { request_id: None }),
        }
    }
}

impl<R> Drop for Call<R> {
    fn drop(&mut self) {
        // The first stop counts, and none after the end of the call.
        self.stopper.abort();
    }
}

impl<R> Stream for Call<R> {
    type Item = Update;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Update>> {
        self.updates.poll_next_unpin(context)
    }
}

impl<R: 'static> IntoFuture for Call<R> {
    type Output = Result<R, Error>;
    type IntoFuture = LocalBoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.result().boxed_local()
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Call")
    }
}

/// Performs a call to its end, its cancel included: the handle of its request.
async fn perform(
    task: Task,
    updates: UnboundedSender<Update>,
    outcome: oneshot::Sender<Result<Outcome, Error>>,
    stops: UnboundedReceiver<Stop>,
) -> Option<RequestHandle> {
    let Task {
        mut plan,
        preparation,
        timeout_ms,
        repeats,
    } = task;
    let reporter = Rc::new(Reporter::new(Some(updates), repeats));
    let mut stops = Stops {
        requests: Some(stops),
        timeout: None,
    };
    if let Some((prepare, preparation)) = preparation {
        match unless_stopped(prepare(preparation, &reporter), &mut stops).await {
            Ok(body) => plan.parts.body = body,
            Err(error) => {
                reporter.close();
                let _ = outcome.send(Err(error));
                return None;
            }
        }
    }
    // Uploads do not count.
    stops.timeout = timeout_ms.map(|ms| page::sleep(ms).boxed_local());
    let host = Host::new(plan, reporter, stops, outcome);
    host.run().await.into_handle()
}

/// The result of a request that was followed.
pub(super) fn complete_followed<T: DeserializeOwned>(
    outcome: Outcome,
) -> Result<Completed<T>, Error> {
    let metrics = match &outcome.status {
        Some(Status::Completed { metrics, .. }) => metrics.clone(),
        _ => None,
    };
    let timings = Some(outcome.timings);
    let completed = complete(outcome, Operation::FollowedResult)?;
    Ok(Completed {
        metrics,
        timings,
        ..completed
    })
}

/// A result.
pub(super) fn complete<T: DeserializeOwned>(
    outcome: Outcome,
    operation: Operation,
) -> Result<Completed<T>, Error> {
    let headers = outcome.reply.headers;
    // The header may be hidden from pages of other origins. The id is known anyway.
    let known = outcome.handle.map(|handle| handle.request_id);
    let request_id = headers.request_id.or(known).unwrap_or_default();
    let data = decode(outcome.reply.content, operation);
    let data = data.map_err(|error| {
        let id = (!request_id.is_empty()).then_some(request_id.as_str());
        error.about(id)
    })?;
    Ok(Completed {
        data,
        request_id,
        metrics: None,
        timings: None,
        billable_units: headers.billable_units,
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::{Client, RequestHandle};
    use serde_json::{Value, json};

    #[test]
    fn outside_of_a_browser_every_call_fails_at_once() {
        fn assert_not_in_browser<T>(call: impl Future<Output = Result<T, Error>>) {
            let result = call.now_or_never().expect("at once");
            assert!(matches!(result, Err(Error::NotInBrowser)));
        }
        let client = Client::with_proxy("/api/fal/proxy");
        let handle = RequestHandle::new("acme/app", "r-1");
        let new = || client.call("acme/app", &json!({}));
        assert_not_in_browser(IntoFuture::into_future(new().subscribe()));
        assert_not_in_browser(new().submit().result());
        assert_not_in_browser(new().run());
        assert_not_in_browser(new().stream());
        assert_not_in_browser(client.status(&handle));
        assert_not_in_browser(client.result::<Value>(&handle));
        assert_not_in_browser(client.cancel(&handle));
        assert_not_in_browser(client.resume::<Value>(&handle).on_update(|_| ()));
        assert_not_in_browser(client.request(&handle).stream_status());
    }

    #[test]
    fn a_call_that_never_began_leaves_nothing_when_it_is_detached() {
        let client = Client::with_proxy("/api/fal/proxy");
        let call = client.call("acme/app", &json!({})).subscribe();
        assert_eq!(call.detach().now_or_never(), Some(None));
    }

    #[test]
    fn a_client_can_be_shared_between_threads() {
        fn assert_shared<T: Send + Sync + Clone + 'static>() {}
        assert_shared::<Client>();
    }
}
