//! What a call is rejected with. Rust collects the facts; the npm package's JavaScript
//! makes `ApiError` and its kin of them, and the sentence that a person reads.

use std::fmt;

use wasm_bindgen::JsValue;

use super::{
    options::{Options, property, text_property as text},
    texts::Text,
};

/// Why a call failed.
///
/// [`code`](Error::code) says what kind of failure it is; the other facts are there where
/// they apply.
#[derive(Debug, Clone)]
pub struct Error(JsValue);

impl Error {
    /// A failure of this kind, without further facts yet.
    pub(crate) fn new(code: Text) -> Self {
        let facts = Options::empty();
        // This property tells our facts from a value that the caller's own code threw.
        facts.set_text(Text::FalCode, code);
        Self(facts.into_js())
    }

    /// A value that the caller's code threw or gave as an abort reason: passed on untouched.
    pub(crate) fn thrown(value: JsValue) -> Self {
        Self(value)
    }

    /// An argument that cannot be right: its name, and what is wrong with it.
    pub(crate) fn argument(name: Text, problem: Text) -> Self {
        Self::new(Text::InvalidArgument)
            .with_text(Text::Argument, name)
            .with_text(Text::Problem, problem)
    }

    /// An answer that this protocol does not have.
    pub(crate) fn unexpected(operation: Text, problem: Text) -> Self {
        Self::new(Text::BadResponse)
            .with_text(Text::Operation, operation)
            .with_text(Text::Problem, problem)
    }

    /// Adds a fact, unless this is a thrown value.
    pub(crate) fn with(self, name: Text, value: impl Into<JsValue>) -> Self {
        self.with_value(name, value.into())
    }

    #[inline(never)]
    fn with_value(self, name: Text, value: JsValue) -> Self {
        let facts = self.facts();
        if facts.has(Text::FalCode) {
            facts.set(name, value);
        }
        self
    }

    /// Adds a fact that is a text.
    pub(crate) fn with_text(self, name: Text, text: Text) -> Self {
        let facts = self.facts();
        if facts.has(Text::FalCode) {
            facts.set_text(name, text);
        }
        self
    }

    /// Adds a fact, unless it is known already.
    pub(crate) fn with_default(self, name: Text, value: &str) -> Self {
        if self.facts().has(name) {
            self
        } else {
            self.with(name, value)
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
        self.facts().text(Text::FalCode)
    }

    /// The HTTP status, for `http`.
    pub fn status(&self) -> Option<f64> {
        self.facts().number(Text::Status)
    }

    /// The request's id, where one was given before the failure. The job may still be
    /// running, and its result can be fetched with it.
    pub fn request_id(&self) -> Option<String> {
        self.facts().text(Text::RequestId)
    }

    /// The parsed body of an error answer, or the findings of the input check.
    pub fn body(&self) -> JsValue {
        self.facts().value(Text::Body)
    }

    pub(crate) fn facts(&self) -> Options {
        Options::new(self.0.clone())
    }

    /// Every known fact as one JavaScript object, or the thrown value.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }
}

/// What happened, in one line: which call, with which status, and the service's own words, but
/// not the request's id, as programs search such lines for statuses. The npm package writes its
/// own, longer sentences.
impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = text(&self.0, "operation").or_else(|| text(&self.0, "argument"));
        if let Some(what) = what {
            write!(out, "{what}: ")?;
        }
        if let Some(status) = self.status() {
            write!(out, "HTTP {status}: ")?;
        }
        out.write_str(&self.reason())
    }
}

impl std::error::Error for Error {}

impl Error {
    fn reason(&self) -> String {
        let body = self.body();
        let finding = property(&property(&body, "detail"), "0");
        let about = text(&property(&finding, "loc"), "1");
        let said = text(&finding, "msg").or_else(|| text(&finding, "type"));
        let said = said.map(|said| [about.as_deref().unwrap_or("input"), ": ", &said].concat());
        text(&body, "detail")
            .or(said)
            .or_else(|| text(&self.0, "problem"))
            .or_else(|| text(&property(&self.0, "cause"), "message"))
            .or_else(|| text(&self.0, "message"))
            .or_else(|| self.code())
            .unwrap_or_default()
    }
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        error.0
    }
}
