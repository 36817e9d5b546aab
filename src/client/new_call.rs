//! A call that starts a new request: its options, and the ways to begin it.

use std::{fmt, marker::PhantomData, rc::Rc, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::Value;
use web_sys::Blob;

use super::{
    call::{Call, Completed, Task, complete, complete_followed},
    config::Config,
    error::Error,
    event_stream::EventStream,
    existing::FollowOptions,
    handle::RequestHandle,
    host::Host,
    http::{Body, Parts},
    input::{self, FileField},
    options::{
        FileHandling, Priority, StorageSettings, SubmitOptions, query_of, query_of_input, to_ms,
    },
    plan::{Outcome, Plan},
    prepare::{Preparation, Prepare, prepare},
    reporter::Reporter,
    token,
    upload::UploadOptions,
};
use crate::{
    endpoint::EndpointId,
    engine::{Goal, Settings, Target},
    protocol::Operation,
};

/// A new request to an endpoint, with its options: see [`Client::call`]. The last method says what to do:
/// [`subscribe`](Self::subscribe), [`submit`](Self::submit), [`run`](Self::run) or [`stream`](Self::stream).
#[must_use = "nothing is sent until `subscribe`, `submit`, `run` or `stream`"]
pub struct NewCall<T = Value> {
    config: Arc<Config>,
    endpoint_id: String,
    input: Result<Value, Error>,
    method: Option<String>,
    options: SubmitOptions,
    follow: FollowOptions,
    files: Vec<FileField>,
    prepare: Option<Prepare>,
    handling: FileHandling,
    upload: UploadOptions,
    validates: bool,
    query: String,
    accept: String,
    url: Option<String>,
    idle_timeout: Option<Duration>,
    direct: Option<Direct>,
    output: PhantomData<fn() -> T>,
}

/// How a stream goes straight to fal.
#[derive(Debug, Clone)]
enum Direct {
    /// With a token that the client asks fal for.
    Ask,
    /// With a token of the caller's.
    Token(String),
}

impl<T> NewCall<T> {
    pub(super) fn new(
        config: Arc<Config>,
        endpoint_id: String,
        input: Result<Value, Error>,
    ) -> Self {
        Self {
            validates: config.validates,
            handling: config.files,
            config,
            endpoint_id,
            input,
            method: None,
            options: SubmitOptions::default(),
            follow: FollowOptions::default(),
            files: Vec::new(),
            prepare: None,
            upload: UploadOptions::default(),
            query: String::new(),
            accept: "text/event-stream".into(),
            url: None,
            idle_timeout: None,
            direct: None,
            output: PhantomData,
        }
    }

    /// The type of the output, or of a stream's events. JSON is read as JSON; text as a string, bytes as
    /// a sequence of `u8`, for `Vec<u8>`. Default: [`Value`], or that of the typed endpoint.
    pub fn output<U>(self) -> NewCall<U> {
        NewCall {
            config: self.config,
            endpoint_id: self.endpoint_id,
            input: self.input,
            method: self.method,
            options: self.options,
            follow: self.follow,
            files: self.files,
            prepare: self.prepare,
            handling: self.handling,
            upload: self.upload,
            validates: self.validates,
            query: self.query,
            accept: self.accept,
            url: self.url,
            idle_timeout: self.idle_timeout,
            direct: self.direct,
            output: PhantomData,
        }
    }

    /// A file of the input. It is uploaded, or put into the request, as [`files`](Self::files) says, and the
    /// string that stands for it goes to `path`: the name of a field, or a JSON pointer such as
    /// `/images/0/url`.
    pub fn file(mut self, path: impl Into<String>, file: &Blob) -> Self {
        self.prepare = Some(prepare);
        self.files.push(FileField {
            path: path.into(),
            file: file.clone(),
        });
        self
    }

    /// How files become strings. Default: the client's setting.
    pub fn files(mut self, handling: FileHandling) -> Self {
        self.handling = handling;
        self
    }

    /// Check the input before anything is sent, if the crate knows the model. Default: the client's setting,
    /// `true`.
    pub fn validate(mut self, is_on: bool) -> Self {
        self.validates = is_on;
        self
    }

    /// The HTTP method. With `GET`, the input is sent as the query. Default: `POST`.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into().to_ascii_uppercase());
        self
    }

    /// Where the service posts the result to when the request is completed (§11.1).
    pub fn webhook(mut self, url: impl Into<String>) -> Self {
        self.options.webhook = Some(url.into());
        self
    }

    /// The place of the request in line. Default: [`Priority::Normal`].
    pub fn priority(mut self, priority: Priority) -> Self {
        self.options.priority = priority;
        self
    }

    /// Prefers a runner that served this hint before (§5.2).
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.options.hint = Some(hint.into());
        self
    }

    /// The service must start to work on the request within this time, more than a second; otherwise it gives
    /// up with a 504 (§5.2). Default: none.
    pub fn start_timeout(mut self, time: Duration) -> Self {
        self.options.start_timeout = Some(time);
        self
    }

    /// How long, and for whom, the service keeps the files of the request (§9.6). Default: the account's
    /// setting.
    pub fn storage_settings(mut self, settings: StorageSettings) -> Self {
        self.upload.storage = settings.clone();
        self.options.storage = settings;
        self
    }

    /// A header of the submit. Options win over the headers that they stand for.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// Ask for the model's logs with each status. [`Progress::Running`](crate::Progress::Running) reads them.
    /// Default: `true`.
    pub fn logs(mut self, is_on: bool) -> Self {
        self.follow.logs = is_on;
        self
    }

    /// The time from the submit, uploads not counted, until the call fails with [`Error::TimedOut`] and cancels
    /// the job. Default: none.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.follow.timeout = Some(time);
        self
    }

    /// Follow by polling at this interval, and report every status. Default: by the stream of statuses if the
    /// route to fal carries one, else by polling at a rate that adapts.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.follow.poll_interval = Some(interval);
        self
    }

    /// Follow by polling only, at a rate that adapts.
    pub fn poll_only(mut self) -> Self {
        self.follow.polls_only = true;
        self
    }

    /// Files of more bytes than this go up in parts. Default: 90 MiB.
    pub fn multipart_threshold(mut self, bytes: f64) -> Self {
        self.upload.threshold = bytes;
        self
    }

    /// The bytes of each part of a file, 5 MiB to 100 MiB. Default: 10 MiB.
    pub fn part_size(mut self, bytes: f64) -> Self {
        self.upload.part_size = bytes;
        self
    }

    /// If nothing of a part was sent for so long, it is sent again. Default: 30 s.
    pub fn stall_timeout(mut self, time: Duration) -> Self {
        self.upload.stall_ms = to_ms(time);
        self
    }

    /// A parameter of the query of a [stream](Self::stream).
    pub fn query_param(mut self, name: &str, value: &str) -> Self {
        let sign = if self.query.is_empty() { "?" } else { "&" };
        let pair = query_of([(name, value)]);
        self.query.extend([sign, pair.trim_start_matches('?')]);
        self
    }

    /// Where to send the request of a [stream](Self::stream), in place of the URL that is made of the endpoint id and the
    /// query.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The content type to ask a [stream](Self::stream) for. Default: `text/event-stream`.
    pub fn accept(mut self, content_type: impl Into<String>) -> Self {
        self.accept = content_type.into();
        self
    }

    /// The time without a sign of life until a [stream](Self::stream) fails, counted from its start. Default: 45 s,
    /// from the first answer on.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle_timeout = Some(time);
        self
    }

    /// Sends a [stream](Self::stream) straight to fal, for proxies that cannot stream: with a short-lived token,
    /// which the client asks fal for, with its key or through its proxy (§3.3).
    pub fn direct(mut self) -> Self {
        self.direct = Some(Direct::Ask);
        self
    }

    /// The same with a token of yours (a JWT), from a route of your server for instance.
    pub fn direct_with_token(mut self, token: impl Into<String>) -> Self {
        self.direct = Some(Direct::Token(token.into()));
        self
    }

    /// Puts the request into the queue (§5.1): its handle.
    pub fn submit(self) -> Call<RequestHandle> {
        Call::begin(self.task(Goal::Only(Operation::Submit)), take_handle)
    }

    fn task(self, goal: Goal) -> Result<Task, Error> {
        let timeout_ms = self.follow.timeout.map(to_ms);
        let repeats = self.follow.repeats();
        let headers = self.options.submit_headers()?;
        let (plan, preparation) = self.plan(goal, headers)?;
        Ok(Task {
            plan,
            preparation,
            timeout_ms,
            repeats,
        })
    }

    /// The plan of the call, and the files that come before it.
    fn plan(
        self,
        goal: Goal,
        headers: Vec<(String, String)>,
    ) -> Result<(Plan, Option<(Prepare, Preparation)>), Error> {
        let endpoint = EndpointId::parse(&self.endpoint_id);
        let input = self.input?;
        if let Some(endpoint) = endpoint.as_ref().filter(|_| self.validates) {
            input::check(endpoint.as_str(), &input, &self.files)?;
        }
        self.upload.check()?;
        let is_get = self.method.as_deref() == Some("GET");
        let mut query = self.options.query();
        if is_get {
            let separator = if query.is_empty() { "?" } else { "&" };
            let own = query_of_input(&input);
            query.extend(own.strip_prefix('?').map(|own| [separator, own].concat()));
        }
        let config = self.config;
        let settings = Settings {
            query,
            retry: config.retry.changes(),
            ..self.follow.settings()
        };
        let body = if input.is_null() {
            Body::None
        } else {
            Body::Text(input.to_string())
        };
        // Without an endpoint nothing is uploaded: the engine refuses the call.
        let prepare = self.prepare.filter(|_| endpoint.is_some());
        let preparation = prepare.map(|prepare| {
            let preparation = Preparation {
                config: config.clone(),
                input,
                files: self.files,
                handling: self.handling,
                upload: self.upload,
            };
            (prepare, preparation)
        });
        let plan = Plan {
            config,
            goal,
            target: Target {
                endpoint,
                ..Target::default()
            },
            settings,
            parts: Parts {
                method: self.method,
                headers,
                body,
                put: None,
            },
            endpoint_id: self.endpoint_id,
            handle: None,
        };
        Ok((plan, preparation))
    }
}

impl<T: DeserializeOwned + 'static> NewCall<T> {
    /// Submits the request, follows it to its end, and fetches its result. It begins at once.
    pub fn subscribe(self) -> Call<Completed<T>> {
        Call::begin(self.task(Goal::Subscribe), complete_followed)
    }

    /// Runs the model on one connection (§6). A lost connection loses the result, and the run is billed:
    /// [`subscribe`](Self::subscribe) is right for all but the fastest models. If it is dropped, the run goes on:
    /// it has no id to cancel it by.
    pub async fn run(self) -> Result<Completed<T>, Error> {
        let headers = self.options.run_headers()?;
        let (plan, preparation) = self.plan(Goal::Only(Operation::Run), headers)?;
        let outcome = Host::perform(with_files(plan, preparation).await?).await?;
        complete(outcome, Operation::Run)
    }

    /// Runs the model, and gives its events as they come (§7).
    pub async fn stream(self) -> Result<EventStream<T>, Error> {
        let direct = self.direct.clone();
        let query = self.query.clone();
        let url = self.url.clone();
        let idle_ms = self.idle_timeout.map(to_ms);
        let accept = match direct {
            Some(_) => self.accept.clone(),
            None => ["application/json, ", &self.accept].concat(),
        };
        let headers = vec![
            ("Accept".into(), accept),
            ("Content-Type".into(), "application/json".into()),
        ];
        let config = self.config.clone();
        let (plan, preparation) = self.plan(Goal::Only(Operation::Stream), headers)?;
        let mut plan = with_files(plan, preparation).await?;
        if url.is_none() {
            plan.settings.query.push_str(&query);
        }
        plan.target.url = url;
        plan.settings.token = match direct {
            None => None,
            Some(Direct::Token(token)) => Some(super::options::encode(&token)),
            Some(Direct::Ask) => {
                let token = token::fetch(config, plan.target.endpoint.clone()).await?;
                Some(super::options::encode(&token))
            }
        };
        EventStream::open(plan, idle_ms).await
    }
}

/// Does the work that comes before a plan.
async fn with_files(
    mut plan: Plan,
    preparation: Option<(Prepare, Preparation)>,
) -> Result<Plan, Error> {
    if !super::page::is_there() {
        return Err(Error::NotInBrowser);
    }
    if let Some((prepare, preparation)) = preparation {
        let reporter = Rc::new(Reporter::new(None, false));
        plan.parts.body = prepare(preparation, &reporter).await?;
    }
    Ok(plan)
}

fn take_handle(outcome: Outcome) -> Result<RequestHandle, Error> {
    outcome.handle.ok_or(Error::Aborted { request_id: None })
}

impl<T> fmt::Debug for NewCall<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("NewCall");
        out.field("endpoint_id", &self.endpoint_id)
            .finish_non_exhaustive()
    }
}
