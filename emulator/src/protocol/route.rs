//! Parses the paths on the queue's host. Follow-ups find their request by its id. Clients name the base app
//! (`owner/alias`) in the path, older ones the full endpoint id, and some add `/response` or a trailing slash. All of
//! these forms are accepted (protocol §2.2).

/// The namespaces. Ids that begin with one have one segment more before the alias (protocol §2.1).
const NAMESPACES: [&str; 2] = ["workflows", "comfy"];

/// A parsed path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// The id of the endpoint to submit to.
    Submit(&'a str),
    /// A follow-up of a request. `app` is the base app or the full endpoint id.
    FollowUp {
        app: &'a str,
        request_id: &'a str,
        action: Action,
    },
}

/// The action of a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Result,
    Status,
    StatusStream,
    Cancel,
    /// An action that the service does not have.
    Unknown,
}

impl<'a> Route<'a> {
    /// Parses a path. `None` for the root, which is no endpoint.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let path = path.trim_start_matches('/');
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.is_empty() {
            return None;
        }
        Some(Self::follow_up(path).unwrap_or(Self::Submit(path)))
    }

    fn follow_up(path: &'a str) -> Option<Self> {
        let app_end = base(path)?.len();
        let after_app = path.get(app_end..)?;
        let at = app_end + after_app.find("/requests/")?;
        let tail = path.get(at + "/requests/".len()..)?;
        let (request_id, action) = tail.split_once('/').unwrap_or((tail, ""));
        let action = match action {
            "" | "response" => Action::Result,
            "status" => Action::Status,
            "status/stream" => Action::StatusStream,
            "cancel" => Action::Cancel,
            _ => Action::Unknown,
        };
        Some(Self::FollowUp {
            app: path.get(..at)?,
            request_id,
            action,
        })
    }
}

/// The base app `[namespace/]owner/alias`, which follow-up URLs name. `None` if `id` is shorter.
pub(crate) fn base(id: &str) -> Option<&str> {
    let first = id.split('/').next()?;
    let segments = if NAMESPACES.contains(&first) { 3 } else { 2 };
    let mut slashes = id.match_indices('/').map(|(at, _)| at);
    match slashes.nth(segments - 1) {
        Some(end) => id.get(..end),
        None => (id.matches('/').count() + 1 == segments).then_some(id),
    }
}

/// The alias of an app: the last segment of its base. The service names apps by it.
pub(crate) fn alias(id: &str) -> &str {
    let base = base(id).unwrap_or(id);
    base.rsplit('/').next().unwrap_or(base)
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "fal-ai/kandinsky5-pro/image-to-video";

    fn follow_up(path: &str) -> (&str, &str, Action) {
        match Route::of(path) {
            Some(Route::FollowUp {
                app,
                request_id,
                action,
            }) => (app, request_id, action),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn an_endpoint_id_is_a_submit() {
        let submit = Some(Route::Submit(FULL));
        assert_eq!(Route::of(&format!("/{FULL}")), submit);
        assert_eq!(Route::of(&format!("/{FULL}/")), submit);
        assert_eq!(Route::of("/"), None);
    }

    #[test]
    fn follow_ups_are_found_in_every_form() {
        let base = "fal-ai/kandinsky5-pro";
        for app in [base, FULL, "workflows/acme/flow"] {
            for (tail, action) in [
                ("", Action::Result),
                ("/", Action::Result),
                ("/response", Action::Result),
                ("/status", Action::Status),
                ("/status/", Action::Status),
                ("/status/stream", Action::StatusStream),
                ("/cancel", Action::Cancel),
                ("/elsewhere", Action::Unknown),
            ] {
                let path = format!("/{app}/requests/id-1{tail}");
                assert_eq!(follow_up(&path), (app, "id-1", action), "{path}");
            }
        }
    }

    #[test]
    fn an_app_may_be_called_requests() {
        let path = "/acme/requests/requests/id-1/status";
        assert_eq!(follow_up(path), ("acme/requests", "id-1", Action::Status));
    }

    #[test]
    fn the_base_of_an_id_ends_with_its_alias() {
        assert_eq!(base(FULL), Some("fal-ai/kandinsky5-pro"));
        assert_eq!(base("a/b"), Some("a/b"));
        assert_eq!(base("workflows/a/b/c"), Some("workflows/a/b"));
        assert_eq!(base("workflows/a"), None);
        assert_eq!(base("a"), None);
        assert_eq!(alias(FULL), "kandinsky5-pro");
        assert_eq!(alias("comfy/a/b"), "b");
    }
}
