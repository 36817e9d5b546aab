//! The client for Rust web apps. It performs the calls of [`engine`](crate::engine) with the browser's `fetch` and
//! timers. See `docs/rust.md` for a guide.
//!
//! | File | Idea |
//! |---|---|
//! | `new_call.rs`, `existing.rs`, `upload/mod.rs` | the options of each call |
//! | `call.rs` | a running call, as the caller has it |
//! | `prepare.rs`, `input.rs` | an input: checked, its files uploaded |
//! | `host.rs` | performs the steps of the engine |
//! | `follow.rs`, `routes.rs` | the stream of a request's statuses, and which routes carry one |
//! | `http.rs`, `key.rs` | one request, and where the key goes |
//! | `reply.rs`, `facts.rs`, `decode.rs` | an answer: its kind, its facts, the caller's type |

mod body_reader;
mod call;
mod config;
mod decode;
mod error;
mod event_stream;
mod events;
mod exchanged;
mod existing;
mod facts;
mod follow;
mod handle;
mod host;
mod http;
mod input;
mod key;
mod known;
mod loss;
mod middleware;
mod new_call;
mod options;
mod page;
mod plan;
mod prepare;
mod progress;
mod reply;
mod reporter;
mod routes;
mod status;
mod stops;
mod token;
mod upload;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use web_sys::Blob;

pub use call::{Call, Completed, DetachedCall, Stopper};
pub use config::ClientBuilder;
pub use error::{Error, FieldError};
pub use event_stream::{EventStream, StatusStream};
pub use existing::ExistingRequest;
pub use handle::RequestHandle;
pub use middleware::OutgoingRequest;
pub use new_call::NewCall;
pub use options::{Acl, AclDecision, FileHandling, Priority, Retry, StorageSettings};
pub use progress::{Progress, Timings};
pub use reporter::Update;
pub use status::{Log, Metrics, Status};
pub use upload::{Upload, UploadProgress};

use crate::models::Endpoint;

/// A fal.ai client for Rust code in a web page.
///
/// It is cheap to clone, and its clones share their configuration. Calls work in pages and in workers. Elsewhere, on a
/// server for instance, they fail with [`Error::NotInBrowser`].
///
/// ```no_run
/// # use fal_wasm::{Client, Error, models::kandinsky5::{ProImageToVideo, ProImageToVideoInput}};
/// # async fn example() -> Result<(), Error> {
/// let client = Client::with_proxy("/api/fal/proxy");
/// let input = ProImageToVideoInput {
///     prompt: "slow dolly in, leaves moving".into(),
///     image_url: "https://example.com/garden.jpg".into(),
///     ..Default::default()
/// };
/// let completed = client.subscribe::<ProImageToVideo>(&input).await?;
/// let video_url = completed.data.video.url;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    config: Arc<config::Config>,
}

impl Client {
    /// A client that sends its requests through a proxy which holds the key, as pages should.
    pub fn with_proxy(url: impl Into<String>) -> Self {
        Self::builder().proxy(url).build()
    }

    /// A client that sends `key` itself, to fal's own hosts only. Everybody with access to the page can
    /// read the key.
    pub fn with_key(key: impl Into<String>) -> Self {
        Self::builder().key(key).build()
    }

    /// Builds a client with more options.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A new request to any endpoint, by its id, with any input that serde can write as JSON. Its output is a
    /// [`Value`], or of the type that [`NewCall::output`] names.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, Error};
    /// # async fn example(client: Client) -> Result<(), Error> {
    /// let input = serde_json::json!({ "prompt": "a fox" });
    /// let completed = client.call("fal-ai/flux/dev", &input).subscribe().await?;
    /// let url = &completed.data["images"][0]["url"];
    /// # Ok(())
    /// # }
    /// ```
    pub fn call(&self, endpoint_id: impl Into<String>, input: &impl Serialize) -> NewCall<Value> {
        NewCall::new(
            self.config.clone(),
            endpoint_id.into(),
            input::to_value(input),
        )
    }

    /// A new request to a typed endpoint.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, Error, models::kandinsky5::{ProImageToVideo, ProImageToVideoInput}};
    /// # async fn example(client: Client, blob: web_sys::Blob) -> Result<(), Error> {
    /// let input = ProImageToVideoInput { prompt: "slow dolly in".into(), ..Default::default() };
    /// let call = client.endpoint::<ProImageToVideo>(&input).file("image_url", &blob).subscribe();
    /// let video_url = call.await?.data.video.url;
    /// # Ok(())
    /// # }
    /// ```
    pub fn endpoint<E: Endpoint>(&self, input: &E::Input) -> NewCall<E::Output> {
        NewCall::new(self.config.clone(), E::ID.into(), input::to_value(input))
    }

    /// Submits a request, follows it to its end, and fetches its result: [`NewCall::subscribe`] without further options.
    /// It begins at once; dropping the call cancels the job.
    pub fn subscribe<E: Endpoint>(&self, input: &E::Input) -> Call<Completed<E::Output>>
    where
        E::Output: 'static,
    {
        self.endpoint::<E>(input).subscribe()
    }

    /// Puts a request into the queue: [`NewCall::submit`] without further options.
    pub fn submit<E: Endpoint>(&self, input: &E::Input) -> Call<RequestHandle> {
        self.endpoint::<E>(input).submit()
    }

    /// Runs a model on one connection: [`NewCall::run`] without further options.
    pub async fn run<E: Endpoint>(&self, input: &E::Input) -> Result<Completed<E::Output>, Error>
    where
        E::Output: 'static,
    {
        self.endpoint::<E>(input).run().await
    }

    /// A request that was submitted before, for a call about it.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, Error, RequestHandle};
    /// # async fn example(client: Client, handle: RequestHandle) -> Result<(), Error> {
    /// let status = client.request(&handle).logs(false).status().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, handle: &RequestHandle) -> ExistingRequest<Value> {
        ExistingRequest::new(self.config.clone(), handle.clone())
    }

    /// Asks where a request stands, logs included (§5.3).
    pub async fn status(&self, handle: &RequestHandle) -> Result<Status, Error> {
        self.request(handle).status().await
    }

    /// Fetches the result of a completed request (§5.5). A failed one gives its failure.
    pub async fn result<T: DeserializeOwned + 'static>(
        &self,
        handle: &RequestHandle,
    ) -> Result<Completed<T>, Error> {
        self.request(handle).output::<T>().result().await
    }

    /// Cancels a request (§5.6). One that runs already may still complete.
    pub async fn cancel(&self, handle: &RequestHandle) -> Result<(), Error> {
        self.request(handle).cancel().await
    }

    /// Goes on with a request as [`subscribe`](Self::subscribe) would, after a reload for instance. It begins at once;
    /// dropping the call cancels the job.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, RequestHandle, models::kandinsky5::VideoOutput};
    /// # async fn example(client: Client, saved: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let handle: RequestHandle = serde_json::from_str(saved)?;
    /// let completed = client.resume::<VideoOutput>(&handle).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume<T: DeserializeOwned + 'static>(
        &self,
        handle: &RequestHandle,
    ) -> Call<Completed<T>> {
        self.request(handle).output::<T>().resume()
    }

    /// Stores a file, for use in a model's input: its URL. A large one goes up in parts, of which six go at one time. It
    /// begins when it is awaited. Bytes without a type are stored as `application/octet-stream`.
    ///
    /// ```no_run
    /// # use fal_wasm::{Client, Error};
    /// # async fn example(client: Client, file: web_sys::File) -> Result<(), Error> {
    /// let url = client.upload(&file).on_progress(|sent| println!("{} bytes", sent.loaded)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(&self, file: &Blob) -> Upload<'static> {
        Upload::new(self.config.clone(), file.clone())
    }
}

impl ClientBuilder {
    /// The client.
    pub fn build(self) -> Client {
        Client {
            config: Arc::new(self.config),
        }
    }
}
