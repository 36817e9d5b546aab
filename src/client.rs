//! The typed client for Rust web apps.

use js_sys::{Array, Object};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsValue, closure::Closure};
use web_sys::Blob;

use crate::{
    browser::{Config, Error, Kind, Operation, Options, Phase, Step, object, proxied, set},
    models::Endpoint,
    upload_plan::Parts,
};

/// A fal.ai client for Rust code in a web page.
///
/// Every call is a future; dropping one before its end aborts its requests, and cancels
/// the job that it submitted.
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
/// let completed = client.subscribe::<ProImageToVideo>(&input, |_status| ()).await?;
/// let video_url = completed.data.video.url;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    config: Object,
}

/// A result and the id of the request that gave it.
#[derive(Debug, Clone)]
pub struct Completed<T> {
    /// The model's output.
    pub data: T,
    /// The request's id.
    pub request_id: String,
}

/// The status of a request (protocol §5.3).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Waiting in line.
    InQueue {
        /// How many requests are ahead.
        #[serde(default)]
        queue_position: u32,
    },
    /// Being worked on.
    InProgress {
        /// All log entries so far.
        #[serde(default)]
        logs: Option<Vec<Log>>,
    },
    /// Ended, well or not: the result call tells which.
    Completed {
        /// All log entries.
        #[serde(default)]
        logs: Option<Vec<Log>>,
        /// What the service measured.
        #[serde(default)]
        metrics: Option<Metrics>,
        /// Why the request failed, if it did.
        #[serde(default)]
        error: Option<String>,
    },
}

/// One log entry of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Log {
    /// The line.
    pub message: String,
    /// When, in ISO 8601; may lack a zone.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// `INFO`, `ERROR`, `STDOUT`, …
    #[serde(default)]
    pub level: Option<String>,
}

/// What the service measured of a request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Metrics {
    /// Seconds the model ran.
    #[serde(default)]
    pub inference_time: Option<f64>,
}

impl Client {
    /// A client that sends its calls through a proxy which holds the key, as pages should.
    pub fn with_proxy(proxy_url: &str) -> Self {
        let config = object();
        set(&config, "requestMiddleware", proxied(proxy_url));
        Self { config }
    }

    /// A client that sends `key` itself, to fal's own hosts only. Everybody who can open
    /// the page can read the key.
    pub fn with_key(key: &str) -> Self {
        let config = object();
        set(&config, "credentials", key);
        Self { config }
    }

    /// Submits a request, follows it, telling `on_update` of every status (logs included),
    /// and fetches its result. Fails with what the model or the service failed with.
    pub async fn subscribe<E: Endpoint>(
        &self,
        input: &E::Input,
        on_update: impl FnMut(Status) + 'static,
    ) -> Result<Completed<E::Output>, Error> {
        let mut on_update = on_update;
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |status| {
            if let Ok(status) = serde_wasm_bindgen::from_value(status) {
                on_update(status);
            }
        });
        let options = input_options(input)?;
        set(&options, "logs", true);
        set(&options, "onQueueUpdate", callback.as_ref());
        let result = self.call::<E>(options, Kind::Subscribe);
        completed(result.await?)
    }

    /// Submits a request: its id.
    pub async fn submit<E: Endpoint>(&self, input: &E::Input) -> Result<String, Error> {
        let options = input_options(input)?;
        let reply = self.call::<E>(options, Kind::Once(Phase::Submit));
        let id = Options::new(reply.await?).text("request_id");
        id.ok_or_else(|| unexpected("the answer names no request_id"))
    }

    /// Fetches the status of a request, logs included.
    pub async fn status<E: Endpoint>(&self, request_id: &str) -> Result<Status, Error> {
        let options = request_options(request_id);
        set(&options, "logs", true);
        let status = self.call::<E>(options, Kind::Once(Phase::Status));
        read(status.await?)
    }

    /// Fetches the result of a completed request.
    pub async fn result<E: Endpoint>(
        &self,
        request_id: &str,
    ) -> Result<Completed<E::Output>, Error> {
        let result = self.call::<E>(request_options(request_id), Kind::Once(Phase::Result));
        completed(result.await?)
    }

    /// Cancels a request. One that runs already may still complete.
    pub async fn cancel<E: Endpoint>(&self, request_id: &str) -> Result<(), Error> {
        let done = self.call::<E>(request_options(request_id), Kind::Once(Phase::Cancel));
        done.await.map(|_| ())
    }

    /// Stores a file: its URL, for use in a model's input. One of more than 90 MiB goes up in
    /// parts, one after the other.
    pub async fn upload(&self, file: &Blob) -> Result<String, Error> {
        let step =
            |step, options| self.perform(file.into(), options, Kind::Once(Phase::Storage(step)));
        let place = Options::new(step(Step::Initiate, object()).await?);
        let options = |name: &str, value: JsValue| {
            let options = object();
            set(&options, "uploadUrl", place.value("upload_url"));
            set(&options, name, value);
            options
        };
        match Parts::of(file.size()) {
            None => drop(step(Step::Put, options("part", JsValue::UNDEFINED)).await?),
            Some(parts) => {
                let done = Array::new();
                for number in 1..=parts.count() {
                    let etag = step(Step::Put, options("part", number.into())).await?;
                    if etag.is_undefined() {
                        return Err(unexpected("the answer to a part names no etag"));
                    }
                    let part = object();
                    set(&part, "partNumber", number);
                    set(&part, "etag", etag);
                    done.push(&part);
                }
                step(Step::Complete, options("parts", done.into())).await?;
            }
        }
        let url = place.text("file_url");
        url.ok_or_else(|| unexpected("the answer names no file_url"))
    }

    async fn call<E: Endpoint>(&self, options: Object, kind: Kind) -> Result<JsValue, Error> {
        self.perform(E::ID.into(), options, kind).await
    }

    async fn perform(
        &self,
        subject: JsValue,
        options: Object,
        kind: Kind,
    ) -> Result<JsValue, Error> {
        let config = Config::new(self.config.clone().into());
        Operation::start(config, subject, Options::new(options.into()), kind)?.await
    }
}

fn input_options(input: &impl Serialize) -> Result<Object, Error> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let input = input.serialize(&serializer).map_err(|error| {
        Error::argument("input", "cannot be written as JSON").with("cause", error)
    })?;
    let headers = object();
    // As the official client: the service's default, said aloud.
    set(&headers, "x-fal-queue-priority", "normal");
    let options = object();
    set(&options, "headers", headers);
    set(&options, "input", input);
    Ok(options)
}

fn request_options(request_id: &str) -> Object {
    let options = object();
    set(&options, "requestId", request_id);
    options
}

fn completed<T: for<'a> Deserialize<'a>>(result: JsValue) -> Result<Completed<T>, Error> {
    let result = Options::new(result);
    let request_id = result.text("requestId").unwrap_or_default();
    let data = read(result.value("data")).map_err(|error| error.with("requestId", &*request_id))?;
    Ok(Completed { data, request_id })
}

fn read<T: for<'a> Deserialize<'a>>(value: JsValue) -> Result<T, Error> {
    let body = value.clone();
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        unexpected("the answer does not have the documented shape")
            .with("cause", error)
            .with("body", body)
    })
}

fn unexpected(problem: &str) -> Error {
    Error::new("bad_response").with("problem", problem)
}
