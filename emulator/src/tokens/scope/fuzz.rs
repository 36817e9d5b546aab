//! Compares the calls that generated entries allow with a simple form of the rule.

use proptest::prelude::*;

use super::Scope;
use crate::hostile::{self, quickly};

fn names() -> impl Strategy<Value = String> {
    hostile::text(&[
        "acme/paint/fast/realtime",
        "acme/paint",
        "paint",
        "workflows/acme/flow/stream",
        "acme/paint/fast",
        "/",
    ])
}

fn segments(path: &str) -> Vec<&str> {
    path.trim_matches('/').split('/').collect()
}

proptest! {
    #[test]
    fn an_entry_opens_what_is_at_or_below_it(path in names(), app in names()) {
        let opens = quickly(|| Scope::Path(path.trim_matches('/')).is_of(&app));
        let (path, app) = (segments(&path), segments(&app));
        let expected = if app.len() > 1 {
            path.starts_with(&app)
        } else {
            let alias_at = if ["workflows", "comfy"].contains(&path[0]) { 2 } else { 1 };
            // A path that is too short for an alias is named by its last segment.
            !app[0].is_empty() && path.get(alias_at).or(path.last()) == app.first()
        };
        prop_assert_eq!(opens, expected);
    }

    #[test]
    fn an_entry_opens_the_requests_of_its_own_app(path in names(), app in names()) {
        let Some(name) = crate::protocol::base(path.trim_matches('/')) else { return Ok(()) };
        if !quickly(|| Scope::Request(name).is_of(&app)) { return Ok(()) }
        let (name, app) = (segments(name), segments(&app));
        prop_assert!(app.starts_with(&name) || (app.len() == 1 && name.last() == app.first()), "{:?} {:?}", name, app);
    }
}
