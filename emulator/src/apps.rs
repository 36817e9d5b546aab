//! The applications that the emulator serves: the models that it stands in for, those that the user described, and its
//! own.

use fal_wasm::models::{self, kandinsky5};
use serde_json::{Map, Value};

use crate::endpoint::Endpoints;
use crate::http::Notices;
use crate::model::input;
use crate::own::Own;
use crate::protocol::{self, ApiError, Outcome};

/// All applications.
#[derive(Debug, Default)]
pub(crate) struct Apps {
    /// The endpoints that the user described.
    pub(crate) endpoints: Endpoints,
    /// Whether there are the emulator's own endpoints. With a key there are none, as their callers choose the answers.
    pub(crate) has_own: bool,
    /// Advice for the developer, in the terminal.
    pub(crate) notices: Notices,
}

impl Apps {
    /// The emulator's own endpoint for a path without slashes at its ends.
    pub(crate) fn own(&self, path: &str) -> Option<Own> {
        Own::of(path).filter(|_| self.has_own)
    }

    /// Fails if the emulator does not serve the app of this endpoint, under any path. The queue accepts every request to an
    /// app that it serves, and the app refuses unknown paths itself.
    pub(crate) fn check(&self, endpoint: &str) -> Result<(), ApiError> {
        let base = protocol::base(endpoint);
        let models = kandinsky5::MODELS.iter();
        let mut ids = models
            .map(|model| model.endpoint_id)
            .chain(self.endpoints.ids());
        if self.own(endpoint).is_some() || ids.any(|id| protocol::base(id) == base) {
            return Ok(());
        }
        // The answer is fal's, so advice goes to the terminal. The debug format escapes control characters, which would
        // change the terminal.
        self.notices.show(&format!(
            "no application {endpoint:?}: describe its answers in a JSON file, and start with --endpoints DIR"
        ));
        let name = protocol::alias(endpoint);
        Err(ApiError::NotFound(format!(
            "Application \"{name}\" not found"
        )))
    }

    /// The outcome of a request that the app refuses: its input is wrong, or the app has no such endpoint. `None` for other
    /// requests.
    pub(crate) fn refusal(&self, endpoint: &str, input: &Map<String, Value>) -> Option<Outcome> {
        let problems = if let Some(described) = self.endpoints.find(endpoint) {
            described.problems(input)
        } else if let Some(model) = models::find(endpoint) {
            input::problems(model, input)
        } else {
            let app = protocol::base(endpoint).unwrap_or(endpoint);
            let path = endpoint.strip_prefix(app);
            let path = path.filter(|path| !path.is_empty()).unwrap_or("/");
            return Some(Outcome::no_such_path(path));
        };
        (!problems.is_empty()).then(|| Outcome::refused(&problems))
    }
}
