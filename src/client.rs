//! The typed client for Rust web apps.

use gloo_net::http::Response;
use js_sys::{Array, JSON, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob};

use crate::{
    browser::{
        Config, Error, Kind, Options, Phase, Step, Task, Text, check, described, endpoint,
        property, proxied, text_property as text, type_of,
    },
    models::Endpoint,
    upload_plan::part_bytes,
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
        let config = Object::new();
        set(&config, "requestMiddleware", proxied(proxy_url));
        Self { config }
    }

    /// A client that sends `key` itself, to fal's own hosts only. Everybody who can open
    /// the page can read the key.
    pub fn with_key(key: &str) -> Self {
        let config = Object::new();
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
        let options = input_options::<E>(input)?;
        set(&options, "logs", true);
        set(&options, "onQueueUpdate", callback.as_ref());
        let result = self.call::<E>(options, Kind::Subscribe);
        completed(&result.await?)
    }

    /// Submits a request: its id.
    pub async fn submit<E: Endpoint>(&self, input: &E::Input) -> Result<String, Error> {
        let options = input_options::<E>(input)?;
        let reply = self.call::<E>(options, Kind::Once(Phase::Submit));
        let id = text(&property(&reply.await?, "body"), "request_id");
        id.ok_or_else(|| unexpected("the answer names no request_id"))
    }

    /// Fetches the status of a request, logs included.
    pub async fn status<E: Endpoint>(&self, request_id: &str) -> Result<Status, Error> {
        let options = request_options(request_id);
        set(&options, "logs", true);
        let status = self.call::<E>(options, Kind::Once(Phase::Status));
        read(property(&status.await?, "body"))
    }

    /// Fetches the result of a completed request.
    pub async fn result<E: Endpoint>(
        &self,
        request_id: &str,
    ) -> Result<Completed<E::Output>, Error> {
        let result = self.call::<E>(request_options(request_id), Kind::Once(Phase::Result));
        completed(&result.await?)
    }

    /// Cancels a request. One that runs already may still complete.
    pub async fn cancel<E: Endpoint>(&self, request_id: &str) -> Result<(), Error> {
        let done = self.call::<E>(request_options(request_id), Kind::Once(Phase::Cancel));
        done.await.map(|_| ())
    }

    /// Stores a file: its URL, for use in a model's input. One of more than 90 MiB goes up in
    /// parts, one after the other.
    pub async fn upload(&self, file: &Blob) -> Result<String, Error> {
        let size = file.size();
        let part_bytes = part_bytes(size, f64::NAN, f64::NAN);
        let is_multipart = part_bytes < size;
        let step =
            |step, body, options| self.perform(body, options, Kind::Once(Phase::Storage(step)));
        let options = Object::new();
        set(&options, "multipart", is_multipart);
        let answer = step(Step::Initiate, described(file), options).await?;
        let place = property(&answer, "body");
        let options = |headers: Object| {
            let options = Object::new();
            set(&options, "uploadUrl", property(&place, "upload_url"));
            set(&options, "headers", headers);
            options
        };
        if is_multipart {
            let done = Array::new();
            let mut start = 0.0;
            while start < size {
                let end = size.min(start + part_bytes);
                let bytes = file.slice_with_f64_and_f64(start, end);
                let number = done.length() + 1;
                let options = options(Object::new());
                set(&options, "part", number.to_string());
                let answer = step(Step::Put, bytes.map_err(Error::thrown)?.into(), options).await?;
                let etag = text(&property(&answer, "body"), "etag");
                let etag = etag
                    .or_else(|| header(&answer, "etag"))
                    .ok_or_else(|| unexpected("the answer to a part names no etag"))?;
                let part = Object::new();
                set(&part, "partNumber", number);
                set(&part, "etag", etag);
                done.push(&part);
                start = end;
            }
            let body = Object::new();
            set(&body, "parts", done);
            let body = JSON::stringify(&body).map_err(Error::thrown)?;
            step(
                Step::Complete,
                body.into(),
                options(content_type("application/json")),
            )
            .await?;
        } else {
            step(
                Step::Put,
                file.into(),
                options(content_type(&type_of(file))),
            )
            .await?;
        }
        let url = text(&place, "file_url");
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
        let running = Running(AbortController::new().map_err(Error::thrown)?);
        set(&options, "abortSignal", running.0.signal());
        let task = Task::new(config, subject, Options::new(options.into()), kind);
        let outcome = JsFuture::from(task.begin(polled)).await;
        outcome.map_err(Error::thrown)
    }
}

/// What JavaScript polls. It lives as long as JavaScript has it: a dropped call has a job to
/// cancel.
fn polled(mut task: Task) -> JsValue {
    let poll = Closure::<dyn FnMut(u8, JsValue) -> JsValue>::new(move |command, value| {
        task.poll(command, value)
    });
    let polled = Object::new();
    set(&polled, "poll", poll.into_js_value());
    polled.into()
}

/// Stops its call when it is dropped, without effect on one that has settled.
struct Running(AbortController);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort_with_reason(Error::new(Text::Aborted).as_js());
    }
}

fn content_type(mime_type: &str) -> Object {
    let headers = Object::new();
    set(&headers, "Content-Type", mime_type);
    headers
}

fn input_options<E: Endpoint>(input: &E::Input) -> Result<Object, Error> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let input = input.serialize(&serializer).map_err(|error| {
        let refused = Error::new(Text::InvalidArgument).with(Text::Argument, "input");
        caused(
            refused.with(Text::Problem, "cannot be written as JSON"),
            error,
        )
    })?;
    let endpoint = endpoint(&E::ID.into())?;
    check(&endpoint, &input)?;
    let body = JSON::stringify(&input).map_err(Error::thrown)?;
    let headers = Object::new();
    // As the official client: the service's default, said aloud.
    set(&headers, "x-fal-queue-priority", "normal");
    let options = Object::new();
    set(&options, "headers", headers);
    set(&options, "body", body);
    Ok(options)
}

fn request_options(request_id: &str) -> Object {
    let options = Object::new();
    set(&options, "requestId", request_id);
    options
}

fn completed<T: for<'a> Deserialize<'a>>(answer: &JsValue) -> Result<Completed<T>, Error> {
    // The header may be hidden from pages of other origins; the id is known anyway.
    let header = header(answer, "x-fal-request-id");
    let request_id = header.or_else(|| text(answer, "requestId"));
    let request_id = request_id.unwrap_or_default();
    let data = read(property(answer, "body"))
        .map_err(|error| error.with(Text::RequestId, &*request_id))?;
    Ok(Completed { data, request_id })
}

/// A header of an answer, where this page may read it.
fn header(answer: &JsValue, name: &str) -> Option<String> {
    let response = property(answer, "response").unchecked_into::<web_sys::Response>();
    Response::from(response).headers().get(name)
}

fn read<T: for<'a> Deserialize<'a>>(value: JsValue) -> Result<T, Error> {
    let body = value.clone();
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        let refused = unexpected("the answer does not have the documented shape");
        caused(refused.with(Text::Body, body), error)
    })
}

fn unexpected(problem: &str) -> Error {
    Error::new(Text::BadResponse).with(Text::Problem, problem)
}

fn caused(error: Error, cause: impl Into<JsValue>) -> Error {
    set(error.as_js().unchecked_ref(), "cause", cause);
    error
}

/// Sets a property of an object that we made ourselves, which cannot fail.
fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &name.into(), &value.into());
}
