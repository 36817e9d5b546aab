//! The page's files, which are embedded in the program.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::door::PATH;
use super::emulator::Emulator;
use crate::reply;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! files {
    ($($name:literal $kind:ident),* $(,)?) => {
        [$(($name, $kind, include_str!(concat!("../../inspector/", $name)))),*]
    };
}

/// The name, content type and text of each file.
const FILES: [(&str, &str, &str); 32] = files![
    "api.js" JS,
    "body.js" JS,
    "details.css" CSS,
    "dom.js" JS,
    "empty.js" JS,
    "exchange-detail.js" JS,
    "fault-plan.js" JS,
    "faults.js" JS,
    "feed.js" JS,
    "files.js" JS,
    "filter.js" JS,
    "format.js" JS,
    "har.js" JS,
    "icon.svg" SVG,
    "index.html" HTML,
    "inspector.css" CSS,
    "job-detail.js" JS,
    "jobs.js" JS,
    "json-text.js" JS,
    "list.js" JS,
    "main.js" JS,
    "media.js" JS,
    "outcome.js" JS,
    "panels.css" CSS,
    "preview.js" JS,
    "requests.js" JS,
    "spent.js" JS,
    "split.js" JS,
    "standing.js" JS,
    "state.js" JS,
    "tabs.js" JS,
    "webhooks.js" JS,
];

/// Answers with the page, or with one of its files.
pub(super) async fn show(State(emulator): State<Arc<Emulator>>, request: Request) -> Response {
    let path = request.uri().path();
    let name = path.strip_prefix(PATH).unwrap_or(path).trim_matches('/');
    let name = if name.is_empty() { "index.html" } else { name };
    let Some((_, kind, text)) = FILES.iter().find(|(known, ..)| *known == name) else {
        return reply::detail(StatusCode::NOT_FOUND, "Not Found");
    };
    let response = Response::new(Body::from(*text));
    let response = reply::with(response, CONTENT_TYPE, HeaderValue::from_static(kind));
    let Ok(policy) = HeaderValue::from_str(&policy(emulator.forwards)) else {
        return response;
    };
    reply::with(response, CONTENT_SECURITY_POLICY, policy)
}

/// The content security policy. The page may load, call and show only this server's URLs. In forward mode it may also
/// show media from fal.ai's file hosts.
fn policy(forwards: bool) -> String {
    let media = if forwards {
        "'self' https://*.fal.media"
    } else {
        "'self'"
    };
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        &format!("img-src {media}"),
        &format!("media-src {media}"),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_in_the_binary() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/inspector");
        let files = std::fs::read_dir(folder).expect("the page's folder");
        let names = files.map(|file| file.expect("a file").file_name());
        let names = names.map(|name| name.into_string().expect("a plain name"));
        // These files are only for development, and are not served.
        let mut names: Vec<_> = names
            .filter(|name| !name.ends_with(".d.ts") && name != "tsconfig.json")
            .collect();
        names.sort();
        let mut known: Vec<_> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        known.sort();
        assert_eq!(known, names);
    }

    #[test]
    fn every_module_that_a_file_imports_is_there() {
        for (name, _, text) in FILES {
            for import in text.split("from \"./").skip(1) {
                let import = import.split('"').next().unwrap_or_default();
                // Type files are imported only in comments, and are not served.
                if import.ends_with(".d.ts") {
                    continue;
                }
                let is_known = FILES.iter().any(|(known, ..)| *known == import);
                assert!(is_known, "{name} imports {import}");
            }
        }
    }

    #[test]
    fn media_of_fal_are_shown_only_where_they_come_from() {
        assert!(!policy(false).contains("https:"));
        assert!(policy(true).contains("img-src 'self' https://*.fal.media;"));
    }
}
