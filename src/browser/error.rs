//! What a call is rejected with. Rust collects the facts; the npm package's JavaScript
//! makes `ApiError` and its kin of them, and the sentence that a person reads.

use std::fmt;

use js_sys::Object;
use wasm_bindgen::{JsCast, JsValue};

use super::options::{Options, object, set};

/// Why a call failed.
///
/// [`code`](Error::code) says what kind of failure it is; the other facts are there where
/// they apply.
#[derive(Debug, Clone)]
pub struct Error(JsValue);

/// The property that tells our facts from a value that the caller's own code threw.
const CODE: &str = "falCode";

impl Error {
    /// A failure of this kind, without further facts yet.
    pub(crate) fn new(code: &str) -> Self {
        let facts = object();
        set(&facts, CODE, code);
        Self(facts.into())
    }

    /// A value that the caller's code threw or gave as an abort reason: passed on untouched.
    pub(crate) fn thrown(value: JsValue) -> Self {
        Self(value)
    }

    /// An argument that cannot be right: its name, and what is wrong with it.
    pub(crate) fn argument(name: &str, problem: &str) -> Self {
        Self::new("invalid_argument")
            .with("argument", name)
            .with("problem", problem)
    }

    /// An answer that this protocol does not have.
    pub(crate) fn unexpected(operation: &str, problem: &str) -> Self {
        Self::new("bad_response")
            .with("operation", operation)
            .with("problem", problem)
    }

    /// Adds a fact, unless this is a thrown value.
    pub(crate) fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        self.with_value(name, value.into())
    }

    #[inline(never)]
    fn with_value(self, name: &str, value: JsValue) -> Self {
        if self.code().is_some() {
            set(self.0.unchecked_ref::<Object>(), name, value);
        }
        self
    }

    /// Adds a fact, unless it is known already.
    pub(crate) fn with_default(self, name: &str, value: &str) -> Self {
        match Options::new(self.0.clone()).given(name) {
            Some(_) => self,
            None => self.with(name, value),
        }
    }

    /// The kind of failure, or `None` for a value thrown by the caller's own code:
    ///
    /// | code | meaning |
    /// |---|---|
    /// | `invalid_argument` | an option or id cannot be right; nothing was sent |
    /// | `invalid_input` | the model's input cannot be right; nothing was sent |
    /// | `http` | the service answered with an HTTP error |
    /// | `network` | no answer, or half of one |
    /// | `bad_response` | an answer that this protocol does not have |
    /// | `job_failed` | the request completed with an error |
    /// | `timeout` | the caller's timeout ran out |
    /// | `aborted` | the call was dropped or aborted |
    pub fn code(&self) -> Option<String> {
        Options::new(self.0.clone()).text(CODE)
    }

    /// The HTTP status, for `http`.
    pub fn status(&self) -> Option<f64> {
        Options::new(self.0.clone()).number("status")
    }

    /// The request's id, where one was given before the failure. The job may still be
    /// running, and its result can be fetched with it.
    pub fn request_id(&self) -> Option<String> {
        Options::new(self.0.clone()).text("requestId")
    }

    /// The parsed body of an error answer, or the findings of the input check.
    pub fn body(&self) -> JsValue {
        Options::new(self.0.clone()).value("body")
    }

    /// Every known fact as one JavaScript object, or the thrown value.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }
}

/// What happened, in one line: which call, with which status, and the service's own words.
/// The npm package writes its own, longer sentences.
impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = Options::new(self.0.clone());
        if let Some(what) = facts.text("operation").or_else(|| facts.text("argument")) {
            write!(out, "{what}: ")?;
        }
        if let Some(status) = self.status() {
            write!(out, "HTTP {status}: ")?;
        }
        out.write_str(&self.reason())?;
        match self.request_id() {
            Some(id) => write!(out, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    fn reason(&self) -> String {
        let facts = Options::new(self.0.clone());
        let body = Options::new(self.body());
        let finding = body.options("detail").options("0");
        let about = Options::new(finding.value("loc")).text("1");
        let said = finding.text("msg").or_else(|| finding.text("type"));
        let said = said.map(|said| [about.as_deref().unwrap_or("input"), ": ", &said].concat());
        body.text("detail")
            .or(said)
            .or_else(|| facts.text("problem"))
            .or_else(|| facts.options("cause").text("message"))
            .or_else(|| facts.text("message"))
            .or_else(|| self.code())
            .unwrap_or_default()
    }
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        error.0
    }
}
