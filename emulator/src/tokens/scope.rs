//! The calls that a token allows. The clients request tokens for the alias only, the documentation for the whole path.
//! Both forms are accepted (protocol §3.3).

use crate::protocol::{alias, base};

/// The target of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope<'a> {
    /// A path on `fal.run`, without slashes at its ends.
    Path(&'a str),
    /// A follow-up of a request of this app, submitted to any of the app's paths.
    Request(&'a str),
}

impl Scope<'_> {
    /// Whether the entry `app` of `allowed_apps` allows the call.
    pub(super) fn is_of(self, app: &str) -> bool {
        let app = app.trim_matches('/');
        match self {
            Self::Path(path) if app.contains('/') => {
                let below = path.strip_prefix(app);
                below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
            }
            Self::Request(name) if app.contains('/') => base(app) == base(name),
            Self::Path(name) | Self::Request(name) => !app.is_empty() && app == alias(name),
        }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_a_base_and_a_full_path_open_a_path() {
        let path = Scope::Path("acme/paint/fast/realtime");
        for app in [
            "paint",
            "acme/paint",
            "acme/paint/fast",
            "acme/paint/fast/realtime",
        ] {
            assert!(path.is_of(app), "{app}");
        }
        for app in ["realtime", "acme", "acme/pain", "acme/paint/slow", "", "/"] {
            assert!(!path.is_of(app), "{app}");
        }
        assert!(Scope::Path("workflows/acme/flow/stream").is_of("flow"));
        // An empty entry does not allow a path with an empty name.
        assert!(!Scope::Path("acme//realtime").is_of("/"));
    }

    #[test]
    fn the_stream_of_a_request_is_opened_by_any_path_of_its_app() {
        let request = Scope::Request("acme/paint");
        for app in ["paint", "acme/paint", "acme/paint/fast/stream"] {
            assert!(request.is_of(app), "{app}");
        }
        assert!(!request.is_of("acme/draw"));
        assert!(!request.is_of("stream"));
    }
}
