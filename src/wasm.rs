//! The npm package's side of WebAssembly: every `#[wasm_bindgen]` is here. Each export begins a
//! call of the API, whose steps a driver of the package performs (`js/core/driver.ts`). What
//! happened comes in as plain facts; what to do next goes out as a call of the driver's methods.

#![allow(clippy::needless_pass_by_value)] // wasm-bindgen hands values over
#![allow(missing_docs)] // wasm-bindgen adds items of its own
#![allow(clippy::too_many_arguments)] // each argument crosses the boundary once, at no cost

use wasm_bindgen::{JsCast, prelude::wasm_bindgen};

use crate::{
    answer::{self, Answer, Problem},
    endpoint::EndpointId,
    engine::{
        self, Access, ErrorBody, Event, Fault, Freshness, Goal, HttpError, NamedUrls, Next, Notice,
        Now, QueuedRequest, RetryChanges, Settings, Standing, Step, Stop, Target,
    },
    host, models,
    protocol::{self, Operation, QueueStatus},
    retry::retry_after_ms,
    sse, upload_plan,
};

/// Blocks that are free in a list: a fraction of the default allocator's size, and quick where
/// few are, as calls keep little here.
#[cfg(not(target_feature = "atomics"))]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

#[wasm_bindgen]
extern "C" {
    /// Performs the steps of one call. None of its methods enters the module again before it
    /// returns.
    pub type Driver;

    #[wasm_bindgen(method)]
    fn resolve(this: &Driver);
    #[wasm_bindgen(method)]
    fn reject(this: &Driver, fault: FaultName, is_final: bool);
    #[wasm_bindgen(method)]
    fn abort(this: &Driver);
    #[wasm_bindgen(method)]
    fn notify(this: &Driver, notice: NoticeName);
    #[wasm_bindgen(method)]
    fn send(
        this: &Driver,
        operation: OperationName,
        method: Method,
        reading: Reading,
        url: &str,
        access: AccessName,
        body: Option<&str>,
        deadline_ms: Option<f64>,
        freshness: FreshnessName,
    );
    #[wasm_bindgen(method)]
    fn wait(this: &Driver, ms: f64, may_end_early: bool);
    #[wasm_bindgen(method, js_name = reportSubmitted)]
    fn report_submitted(this: &Driver);
    #[wasm_bindgen(method, js_name = followStream)]
    fn follow_stream(this: &Driver, url: &str, access: AccessName);
    #[wasm_bindgen(method, js_name = reportStatus)]
    fn report_status(this: &Driver);
    #[wasm_bindgen(method)]
    fn end(this: &Driver, is_cancelled: bool);

    /// The facts that begin a call, from `js/core/calls.ts`.
    pub type Given;

    #[wasm_bindgen(method, getter, js_name = endpointId)]
    fn endpoint_id(this: &Given) -> String;
    #[wasm_bindgen(method, getter)]
    fn query(this: &Given) -> String;
    #[wasm_bindgen(method, getter)]
    fn logs(this: &Given) -> bool;
    /// Without it the client chooses its own poll delay.
    #[wasm_bindgen(method, getter, js_name = pollIntervalMs)]
    fn poll_interval_ms(this: &Given) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = pollsOnly)]
    fn polls_only(this: &Given) -> bool;
    /// Of a stream or of an upload, where the caller has it.
    #[wasm_bindgen(method, getter)]
    fn url(this: &Given) -> Option<String>;
    /// Encoded for a query. With it a stream bypasses the proxy.
    #[wasm_bindgen(method, getter)]
    fn token(this: &Given) -> Option<String>;
    /// The number of the part to upload.
    #[wasm_bindgen(method, getter)]
    fn part(this: &Given) -> Option<String>;

    /// A request: one that the caller names, or the one in the reply to a submit.
    pub type RequestFacts;

    #[wasm_bindgen(method, getter, js_name = requestId)]
    fn request_id(this: &RequestFacts) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = statusUrl)]
    fn status_url(this: &RequestFacts) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = responseUrl)]
    fn response_url(this: &RequestFacts) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = cancelUrl)]
    fn cancel_url(this: &RequestFacts) -> Option<String>;

    /// The changes of the caller's `retry` option.
    pub type RetryFacts;

    #[wasm_bindgen(method, getter, js_name = maxRetries)]
    fn max_retries(this: &RetryFacts) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = baseDelay)]
    fn base_delay_ms(this: &RetryFacts) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxDelay)]
    fn max_delay_ms(this: &RetryFacts) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = backoffMultiplier)]
    fn backoff_multiplier(this: &RetryFacts) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = enableJitter)]
    fn jitter(this: &RetryFacts) -> Option<bool>;
    #[wasm_bindgen(method, getter, js_name = repeatsSubmit)]
    fn repeats_submit(this: &RetryFacts) -> bool;

    /// An HTTP error, or the answer to a cancel, as `js/core/facts.ts` reads it.
    pub type ErrorFacts;

    #[wasm_bindgen(method, getter)]
    fn status(this: &ErrorFacts) -> u16;
    #[wasm_bindgen(method, getter, js_name = isListed)]
    fn is_listed(this: &ErrorFacts) -> Option<bool>;
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    fn retry_after(this: &ErrorFacts) -> String;
    /// Milliseconds from now to the date in `Retry-After`, NaN if it is no date.
    #[wasm_bindgen(method, getter, js_name = retryDateMs)]
    fn retry_date_ms(this: &ErrorFacts) -> f64;
    #[wasm_bindgen(method, getter, js_name = isUserTimeout)]
    fn is_user_timeout(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter, js_name = namesErrorType)]
    fn names_error_type(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter, js_name = hadOwnUrl)]
    fn had_own_url(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter, js_name = isEmpty)]
    fn is_empty(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter, js_name = isText)]
    fn is_text(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter)]
    fn detail(this: &ErrorFacts) -> String;
    #[wasm_bindgen(method, getter, js_name = bodyStatus)]
    fn body_status(this: &ErrorFacts) -> String;
    #[wasm_bindgen(method, getter, js_name = hasErrorType)]
    fn has_error_type(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter, js_name = hasInputFindings)]
    fn has_input_findings(this: &ErrorFacts) -> bool;
    #[wasm_bindgen(method, getter, js_name = saysSuccess)]
    fn says_success(this: &ErrorFacts) -> bool;

    /// `WebAssembly.Memory`.
    pub type Memory;

    /// Reads the fields of an input, and collects their problems.
    pub type InputReader;

    /// The model's endpoint id, before its fields are read.
    #[wasm_bindgen(method)]
    fn begin(this: &InputReader, endpoint_id: &str);
    /// The kind of value in a field.
    #[wasm_bindgen(method)]
    fn read(this: &InputReader, field: &str) -> FieldKind;
    /// The first characters of the text that was read last. All of it may be megabytes.
    #[wasm_bindgen(method)]
    fn text(this: &InputReader) -> String;
    /// The number that was read last.
    #[wasm_bindgen(method)]
    fn number(this: &InputReader) -> f64;
    /// Reports a problem of the field that was read last: the `expected` texts, with commas
    /// between them, or the `bound`.
    #[wasm_bindgen(method)]
    fn report(this: &InputReader, error_type: &str, expected: &str, bound: f64);
}

/// [`Operation`], by its name in error messages.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum OperationName {
    Submit = "submit",
    Status = "status",
    Result = "result",
    Cancel = "cancel",
    Run = "run",
    Stream = "stream",
    Token = "token",
    Upload = "upload",
}

/// [`protocol::Method`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Method {
    Get = "GET",
    Post = "POST",
    Put = "PUT",
}

/// [`protocol::Reading`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Reading {
    Json = "json",
    Content = "content",
    Stream = "stream",
}

/// [`Access`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum AccessName {
    Key = "key",
    NoKey = "no_key",
    Presigned = "presigned",
}

/// [`Freshness`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum FreshnessName {
    Usual = "usual",
    OwnUrls = "own_urls",
    SharedUrlOnly = "shared_url_only",
}

/// [`Notice`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum NoticeName {
    Retrying = "retrying",
    Reached = "reached",
}

/// [`Fault`] and [`Problem`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum FaultName {
    EndpointId = "endpoint_id",
    RequestId = "request_id",
    TokenUrl = "token_url",
    HttpError = "http_error",
    Network = "network",
    Empty = "empty",
    Page = "page",
    Events = "events",
    NoJson = "no_json",
    NoStatus = "no_status",
    StatusForResult = "status_for_result",
    OtherRequest = "other_request",
    NoRequestId = "no_request_id",
    JobFailed = "job_failed",
    Threw = "threw",
    Stopped = "stopped",
}

/// [`QueueStatus`], as the service spells it.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum StatusWord {
    InQueue = "IN_QUEUE",
    InProgress = "IN_PROGRESS",
    Completed = "COMPLETED",
}

/// [`answer::Body`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum BodyKind {
    Json = "json",
    Text = "text",
    Bytes = "bytes",
    Empty = "empty",
    Broken = "broken",
    Page = "page",
    Events = "events",
    Handled = "handled",
}

/// [`answer::NamedRequest`].
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum NamedRequest {
    Nobody = "nobody",
    Asked = "asked",
    Known = "known",
    Stranger = "stranger",
}

/// An event that has no facts.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Happening {
    Started = "started",
    Done = "done",
    Threw = "threw",
    CallbackThrew = "callback_threw",
    StreamEnded = "stream_ended",
    Lost = "lost",
    LostOffline = "lost_offline",
    Unsent = "unsent",
    UnsentOffline = "unsent_offline",
    Aborted = "aborted",
    TimedOut = "timed_out",
    Detached = "detached",
}

/// The kind of value in a field of an input.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum FieldKind {
    Nothing = "nothing",
    Text = "text",
    Number = "number",
    File = "file",
    EmptyFile = "empty_file",
    Other = "other",
}

/// A call that has begun.
#[wasm_bindgen]
pub struct Call {
    call: engine::Call,
    driver: Driver,
}

/// Submits a request, follows it, and fetches its result.
#[wasm_bindgen]
pub fn subscribe(driver: Driver, given: &Given) -> Call {
    let target = model(given);
    begin(driver, Goal::Subscribe, target, follow_settings(given))
}

/// Follows a request that was submitted before, and fetches its result.
#[wasm_bindgen]
pub fn resume(driver: Driver, given: &Given, request: &RequestFacts) -> Call {
    let target = of_request(given, request);
    begin(driver, Goal::Resume, target, follow_settings(given))
}

/// Follows a request that was submitted before, to its last status.
#[wasm_bindgen]
pub fn follow(driver: Driver, given: &Given, request: &RequestFacts) -> Call {
    let target = of_request(given, request);
    begin(driver, Goal::Follow, target, follow_settings(given))
}

/// Submits a request.
#[wasm_bindgen]
pub fn submit(driver: Driver, given: &Given) -> Call {
    only(driver, Operation::Submit, model(given), settings(given))
}

/// Fetches the status of a request.
#[wasm_bindgen]
pub fn status(driver: Driver, given: &Given, request: &RequestFacts) -> Call {
    let target = of_request(given, request);
    only(driver, Operation::Status, target, settings(given))
}

/// Fetches the result of a request.
#[wasm_bindgen]
pub fn result(driver: Driver, given: &Given, request: &RequestFacts) -> Call {
    let target = of_request(given, request);
    only(driver, Operation::Result, target, Settings::default())
}

/// Cancels a request.
#[wasm_bindgen]
pub fn cancel(driver: Driver, given: &Given, request: &RequestFacts) -> Call {
    let target = of_request(given, request);
    only(driver, Operation::Cancel, target, Settings::default())
}

/// Runs a model while the connection lasts.
#[wasm_bindgen]
pub fn run(driver: Driver, given: &Given) -> Call {
    only(driver, Operation::Run, model(given), settings(given))
}

/// Starts a stream: of the model, of the statuses of a `request`, or from a URL of the caller's.
#[wasm_bindgen]
pub fn stream(driver: Driver, given: &Given, request: Option<RequestFacts>, is_read: bool) -> Call {
    let operation = if is_read {
        Operation::StreamByGet
    } else {
        Operation::Stream
    };
    let target = match request {
        Some(request) => of_request(given, &request),
        None => model(given),
    };
    let url = given.url();
    let settings = Settings {
        token: given.token(),
        ..settings(given)
    };
    only(driver, operation, Target { url, ..target }, settings)
}

/// Asks for a token for one app.
#[wasm_bindgen]
pub fn token(driver: Driver, given: &Given) -> Call {
    only(driver, Operation::Token, model(given), Settings::default())
}

/// Asks for the URL to upload a file to, in parts if `is_multipart`.
#[wasm_bindgen]
pub fn initiate_upload(driver: Driver, is_multipart: bool) -> Call {
    let operation = if is_multipart {
        Operation::InitiateMultipartUpload
    } else {
        Operation::InitiateUpload
    };
    only(driver, operation, Target::default(), Settings::default())
}

/// Uploads a file, or a part of it.
#[wasm_bindgen]
pub fn upload(driver: Driver, given: &Given) -> Call {
    let part = given.part();
    let operation = match part {
        None => Operation::Upload,
        Some(_) => Operation::UploadPart,
    };
    let settings = Settings {
        part,
        ..Settings::default()
    };
    only(driver, operation, upload_target(given), settings)
}

/// Says that all parts of a file were uploaded.
#[wasm_bindgen]
pub fn complete_upload(driver: Driver, given: &Given) -> Call {
    let target = upload_target(given);
    only(
        driver,
        Operation::CompleteUpload,
        target,
        Settings::default(),
    )
}

fn only(driver: Driver, operation: Operation, target: Target, settings: Settings) -> Call {
    begin(driver, Goal::Only(operation), target, settings)
}

#[inline(never)] // once, not in each export
fn begin(driver: Driver, goal: Goal, target: Target, settings: Settings) -> Call {
    Call {
        call: engine::Call::new(goal, target, settings),
        driver,
    }
}

#[inline(never)]
fn model(given: &Given) -> Target {
    Target {
        endpoint: EndpointId::parse(&given.endpoint_id()),
        ..Target::default()
    }
}

/// Of a request with an id that is none, the call says so.
#[inline(never)]
fn of_request(given: &Given, request: &RequestFacts) -> Target {
    Target {
        request: read_request(request, |id, urls| {
            id.and_then(|id| QueuedRequest::new(id, urls))
        }),
        ..model(given)
    }
}

fn upload_target(given: &Given) -> Target {
    Target {
        url: given.url(),
        ..Target::default()
    }
}

#[inline(never)]
fn settings(given: &Given) -> Settings {
    Settings {
        logs: given.logs(),
        query: given.query(),
        ..Settings::default()
    }
}

#[inline(never)]
fn follow_settings(given: &Given) -> Settings {
    Settings {
        logs: given.logs(),
        query: given.query(),
        poll_interval_ms: given.poll_interval_ms(),
        polls_only: given.polls_only(),
        ..Settings::default()
    }
}

/// Reads a request whose texts live in the module as long as they are used.
fn read_request<T>(facts: &RequestFacts, used: impl FnOnce(Option<&str>, NamedUrls<'_>) -> T) -> T {
    let [id, status, response, cancel] = [
        facts.request_id(),
        facts.status_url(),
        facts.response_url(),
        facts.cancel_url(),
    ];
    let urls = NamedUrls {
        status: status.as_deref(),
        response: response.as_deref(),
        cancel: cancel.as_deref(),
    };
    used(id.as_deref(), urls)
}

#[wasm_bindgen]
impl Call {
    /// Takes the changes of the caller's `retry` option, before the call starts.
    #[wasm_bindgen(js_name = changeRetry)]
    pub fn change_retry(&mut self, changes: &RetryFacts) {
        self.call.change_retry(RetryChanges {
            max_retries: changes.max_retries(),
            base_delay_ms: changes.base_delay_ms(),
            max_delay_ms: changes.max_delay_ms(),
            backoff_multiplier: changes.backoff_multiplier(),
            jitter: changes.jitter(),
            repeats_submit: changes.repeats_submit(),
        });
    }

    /// Something happened that has no facts.
    pub fn happened(&mut self, what: Happening, ms: f64, random: f64, is_hidden: bool) {
        let event = match what {
            Happening::Started => Event::Started,
            Happening::Threw => Event::Threw,
            Happening::CallbackThrew => Event::CallbackThrew,
            Happening::StreamEnded => Event::StreamEnded(None),
            Happening::Lost => lost(false, false),
            Happening::LostOffline => lost(true, false),
            Happening::Unsent => lost(false, true),
            Happening::UnsentOffline => lost(true, true),
            Happening::Aborted => Event::Stopped(Stop::Aborted),
            Happening::TimedOut => Event::Stopped(Stop::TimedOut),
            Happening::Detached => Event::Stopped(Stop::Detached),
            Happening::Done | Happening::__Invalid => Event::Done,
        };
        self.step(event, now(ms, random, is_hidden));
    }

    /// An answer of 2xx to anything but a submit or a cancel.
    pub fn answered(
        &mut self,
        body: BodyKind,
        status: Option<StatusWord>,
        is_like_status: bool,
        header: NamedRequest,
        request_id: NamedRequest,
        position: f64,
        has_failed: bool,
        ms: f64,
        random: f64,
        is_hidden: bool,
    ) {
        let answer = Answer {
            body: body.into(),
            status: read_status(status),
            is_like_status,
            header: header.into(),
            request_id: request_id.into(),
        };
        let standing = standing(status, position, has_failed);
        self.step(
            Event::Answered(answer, standing),
            now(ms, random, is_hidden),
        );
    }

    /// An answer of 2xx to a submit, which names a request.
    pub fn submitted(
        &mut self,
        body: BodyKind,
        request: &RequestFacts,
        ms: f64,
        random: f64,
        is_hidden: bool,
    ) {
        read_request(request, |id, urls| {
            let event = Event::Submitted(answer_of(body), id, urls);
            self.step(event, now(ms, random, is_hidden));
        });
    }

    /// An answer of 2xx to a cancel.
    #[wasm_bindgen(js_name = cancelAnswered)]
    pub fn cancel_answered(
        &mut self,
        body: BodyKind,
        facts: &ErrorFacts,
        ms: f64,
        random: f64,
        is_hidden: bool,
    ) {
        let texts = Texts::read(facts);
        let event = Event::CancelAnswered(answer_of(body), texts.body(facts));
        self.step(event, now(ms, random, is_hidden));
    }

    /// An HTTP error.
    pub fn refused(&mut self, facts: &ErrorFacts, ms: f64, random: f64, is_hidden: bool) {
        let texts = Texts::read(facts);
        let retry_after = facts.retry_after();
        let event = Event::Refused(HttpError {
            status: facts.status(),
            is_listed: facts.is_listed(),
            retry_after_ms: retry_after_ms(&retry_after, 0.0, |_| facts.retry_date_ms()),
            is_user_timeout: facts.is_user_timeout(),
            names_error_type: facts.names_error_type(),
            had_own_url: facts.had_own_url(),
            body: texts.body(facts),
        });
        self.step(event, now(ms, random, is_hidden));
    }

    /// The status stream has ended with this status.
    #[wasm_bindgen(js_name = streamEnded)]
    pub fn stream_ended(
        &mut self,
        status: Option<StatusWord>,
        position: f64,
        has_failed: bool,
        ms: f64,
        random: f64,
        is_hidden: bool,
    ) {
        let event = Event::StreamEnded(Some(standing(status, position, has_failed)));
        self.step(event, now(ms, random, is_hidden));
    }
}

impl Call {
    fn step(&mut self, event: Event<'_>, now: Now) {
        let Step {
            settle,
            abort,
            notice,
            next,
        } = self.call.step(event, now);
        let driver = &self.driver;
        match notice {
            Some(Notice::Retrying) => driver.notify(NoticeName::Retrying),
            Some(Notice::Reached) => driver.notify(NoticeName::Reached),
            None => {}
        }
        match settle {
            Some(Ok(())) => driver.resolve(),
            Some(Err(rejection)) => driver.reject(rejection.fault.into(), rejection.is_final),
            None => {}
        }
        if abort {
            driver.abort();
        }
        match next {
            Next::KeepWaiting => {}
            Next::Send(send) => perform_send(driver, &send),
            Next::Wait { ms, may_end_early } => driver.wait(ms, may_end_early),
            Next::ReportSubmitted => driver.report_submitted(),
            Next::FollowStream { url, access } => driver.follow_stream(&url, access.into()),
            Next::ReportStatus => driver.report_status(),
            Next::End { is_cancelled } => driver.end(is_cancelled),
        }
    }
}

fn perform_send(driver: &Driver, send: &engine::Send) {
    let rule = send.operation.rule();
    driver.send(
        send.operation.into(),
        match rule.method {
            protocol::Method::Get => Method::Get,
            protocol::Method::Post => Method::Post,
            protocol::Method::Put => Method::Put,
        },
        match rule.reading {
            protocol::Reading::Json => Reading::Json,
            protocol::Reading::Content => Reading::Content,
            protocol::Reading::Stream => Reading::Stream,
        },
        &send.url,
        send.access.into(),
        send.body.as_deref(),
        send.deadline_ms,
        match send.freshness {
            Freshness::Usual => FreshnessName::Usual,
            Freshness::OwnUrls => FreshnessName::OwnUrls,
            Freshness::SharedUrlOnly => FreshnessName::SharedUrlOnly,
        },
    );
}

fn lost(is_offline: bool, is_unsent: bool) -> Event<'static> {
    Event::Lost {
        is_offline,
        is_unsent,
    }
}

fn now(ms: f64, random: f64, is_hidden: bool) -> Now {
    Now {
        ms,
        random,
        is_hidden,
    }
}

/// An answer whose body says whether it counts.
fn answer_of(body: BodyKind) -> Answer {
    Answer {
        body: body.into(),
        status: QueueStatus::Unknown,
        is_like_status: false,
        header: answer::NamedRequest::Nobody,
        request_id: answer::NamedRequest::Nobody,
    }
}

fn standing(status: Option<StatusWord>, position: f64, has_failed: bool) -> Standing {
    Standing {
        status: read_status(status),
        position,
        has_failed,
    }
}

fn read_status(status: Option<StatusWord>) -> QueueStatus {
    match status {
        Some(StatusWord::InQueue) => QueueStatus::InQueue,
        Some(StatusWord::InProgress) => QueueStatus::InProgress,
        Some(StatusWord::Completed) => QueueStatus::Completed,
        Some(StatusWord::__Invalid) | None => QueueStatus::Unknown,
    }
}

/// The texts of error facts, which live in the module.
struct Texts {
    detail: String,
    status: String,
}

impl Texts {
    fn read(facts: &ErrorFacts) -> Self {
        Self {
            detail: facts.detail(),
            status: facts.body_status(),
        }
    }

    fn body(&self, facts: &ErrorFacts) -> ErrorBody<'_> {
        ErrorBody {
            is_empty: facts.is_empty(),
            is_text: facts.is_text(),
            detail: &self.detail,
            status: &self.status,
            has_error_type: facts.has_error_type(),
            has_input_findings: facts.has_input_findings(),
            says_success: facts.says_success(),
        }
    }
}

impl From<Operation> for OperationName {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Submit => Self::Submit,
            Operation::Status | Operation::Poll | Operation::PollAtInterval => Self::Status,
            Operation::Result | Operation::FollowedResult => Self::Result,
            Operation::Cancel => Self::Cancel,
            Operation::Run => Self::Run,
            Operation::Stream | Operation::StreamByGet => Self::Stream,
            Operation::Token => Self::Token,
            Operation::InitiateUpload
            | Operation::InitiateMultipartUpload
            | Operation::Upload
            | Operation::UploadPart
            | Operation::CompleteUpload => Self::Upload,
        }
    }
}

impl From<Access> for AccessName {
    fn from(access: Access) -> Self {
        match access {
            Access::Key => Self::Key,
            Access::NoKey => Self::NoKey,
            Access::Presigned => Self::Presigned,
        }
    }
}

impl From<Fault> for FaultName {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::EndpointId => Self::EndpointId,
            Fault::RequestId => Self::RequestId,
            Fault::TokenUrl => Self::TokenUrl,
            Fault::HttpError => Self::HttpError,
            Fault::Network => Self::Network,
            Fault::JobFailed => Self::JobFailed,
            Fault::Threw => Self::Threw,
            Fault::Stopped(_) => Self::Stopped,
            Fault::BadAnswer(problem) => match problem {
                Problem::Empty => Self::Empty,
                Problem::Page => Self::Page,
                Problem::Events => Self::Events,
                Problem::NoJson => Self::NoJson,
                Problem::NoStatus => Self::NoStatus,
                Problem::StatusForResult => Self::StatusForResult,
                Problem::OtherRequest => Self::OtherRequest,
                Problem::NoRequestId => Self::NoRequestId,
            },
        }
    }
}

impl From<BodyKind> for answer::Body {
    fn from(kind: BodyKind) -> Self {
        match kind {
            BodyKind::Json => Self::Json,
            BodyKind::Text | BodyKind::__Invalid => Self::Text,
            BodyKind::Bytes => Self::Bytes,
            BodyKind::Empty => Self::Empty,
            BodyKind::Broken => Self::Broken,
            BodyKind::Page => Self::Page,
            BodyKind::Events => Self::Events,
            BodyKind::Handled => Self::Handled,
        }
    }
}

impl From<NamedRequest> for answer::NamedRequest {
    fn from(named: NamedRequest) -> Self {
        match named {
            NamedRequest::Nobody | NamedRequest::__Invalid => Self::Nobody,
            NamedRequest::Asked => Self::Asked,
            NamedRequest::Known => Self::Known,
            NamedRequest::Stranger => Self::Stranger,
        }
    }
}

/// Whether a URL is one of fal's own hosts: see [`host::is_fal_url`].
#[wasm_bindgen]
pub fn is_fal_url(url: &str) -> bool {
    host::is_fal_url(url)
}

/// Checks an endpoint id: whether it is one. Of a known model, checks the `input`, too, and
/// reports its problems to it.
#[wasm_bindgen]
pub fn check(endpoint_id: &str, input: Option<InputReader>) -> bool {
    let Some(endpoint) = EndpointId::parse(endpoint_id) else {
        return false;
    };
    if let (Some(model), Some(input)) = (models::find(endpoint.as_str()), input) {
        check_input(model, &input);
    }
    true
}

fn check_input(model: &models::Model, input: &InputReader) {
    input.begin(model.endpoint_id);
    for field in model.fields {
        if let Err(problem) = check_field(field, input) {
            let (expected, bound) = match problem {
                models::Problem::NotOneOf(values) => (values, 0),
                models::Problem::TooSmall(bound) | models::Problem::TooLarge(bound) => ("", bound),
                _ => ("", 0),
            };
            input.report(problem.error_type(), expected, bound.into());
        }
    }
}

fn check_field(field: &models::Field, input: &InputReader) -> Result<(), models::Problem> {
    match input.read(field.name) {
        FieldKind::Text => {
            let text = input.text();
            field.check(models::Given::Text(&text))?;
            match field.kind {
                models::Kind::FileUrl => models::check_url(&text),
                _ => Ok(()),
            }
        }
        FieldKind::Number => field.check(models::Given::Number(input.number())),
        FieldKind::Nothing => field.check(models::Given::Absent),
        FieldKind::File => field.check(models::Given::File),
        FieldKind::EmptyFile => field.check(models::Given::EmptyFile),
        FieldKind::Other | FieldKind::__Invalid => field.check(models::Given::Other),
    }
}

/// How many bytes of a file of `size` bytes go up at a time: all of them, or a part. In place
/// of `undefined` the defaults hold.
#[wasm_bindgen]
pub fn part_bytes(size: f64, threshold: f64, part_size: f64) -> f64 {
    upload_plan::part_bytes(size, threshold, part_size)
}

/// Whether an event of a status stream counts as a status of the request that is followed.
#[wasm_bindgen]
pub fn is_followed_status(
    status: Option<StatusWord>,
    is_like_status: bool,
    request_id: NamedRequest,
) -> bool {
    answer::is_followed_status(Answer {
        status: read_status(status),
        is_like_status,
        request_id: request_id.into(),
        ..answer_of(BodyKind::Json)
    })
}

/// Where bytes of event streams are read, one slice after another.
#[wasm_bindgen]
pub struct EventBuffer {
    bytes: Vec<u8>,
    events: sse::Events,
}

#[wasm_bindgen]
impl EventBuffer {
    /// A buffer for slices of `size` bytes at most.
    #[wasm_bindgen(constructor)]
    pub fn new(size: usize) -> Self {
        Self {
            bytes: vec![0; size],
            events: sse::Events::default(),
        }
    }

    /// Where in the module's memory a slice is to be written, and where its data is afterwards.
    pub fn address(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    /// Reads a slice of `length` bytes, after a `state` of 0 or the one that the slice before it
    /// left: how many bytes of data are at the beginning, as [`sse::Events::read`] tells.
    pub fn read(&mut self, state: u8, length: usize) -> usize {
        self.events = sse::Events(state);
        let slice = self.bytes.get_mut(..length).unwrap_or_default();
        self.events.read(slice)
    }

    /// The state after the last slice.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> u8 {
        self.events.0
    }
}

/// The module's memory.
#[wasm_bindgen]
pub fn module_memory() -> Memory {
    wasm_bindgen::memory().unchecked_into()
}
