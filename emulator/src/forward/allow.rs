//! The calls that are forwarded with the key. By default these are the calls that fal's own proxy
//! for servers forwards (runs, the queue, uploads) and two that this client needs (uploads in
//! parts, tokens). Calls that manage keys or money, and DELETE, need an option.

use std::fmt;

use axum::http::Method;
use url::{Position, Url};

use crate::options::Options;
use crate::pattern::Pattern;

/// The patterns of runs, streams, and the queue.
const APPS: [&str; 2] = ["fal.run/**", "queue.fal.run/**"];
/// The patterns of uploads in one piece and in parts. The second one is in fal's list, but no client calls it.
const UPLOADS: [&str; 3] = [
    "rest.fal.ai/storage/upload/initiate\\?storage_type=fal-cdn-v3",
    "rest.fal.ai/storage/upload/complete-multipart\\?storage_type=fal-cdn-v3",
    "rest.fal.ai/storage/upload/initiate-multipart\\?storage_type=fal-cdn-v3",
];
/// The patterns of short-lived tokens, with which a page opens a stream or a WebSocket on fal.ai itself.
const TOKENS: [&str; 2] = ["rest.fal.ai/tokens/", "rest.fal.ai/tokens/realtime"];

/// The host of the queue. There, a POST submits a request; other methods are follow-ups.
const QUEUE: &str = "queue.fal.run";

/// The calls that are forwarded.
#[derive(Debug)]
pub(crate) struct Allowed {
    urls: Vec<Pattern>,
    /// If empty, all endpoints are allowed.
    endpoints: Vec<Pattern>,
    deletes: bool,
}

/// The reason why a request is not forwarded. Its text is for the developer who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotAllowed {
    /// The URL matches no pattern. Holds its host, path and query.
    Url(String),
    Endpoint(String),
    Delete,
}

impl Allowed {
    pub(crate) fn by(options: &Options) -> Self {
        // Not with a list of endpoints: a caller could ask for a token for any endpoint.
        let tokens = if options.allow_endpoints.is_empty() {
            &TOKENS[..]
        } else {
            &[]
        };
        let defaults = APPS.iter().chain(&UPLOADS).chain(tokens);
        let defaults = defaults.filter_map(|text| Pattern::parse(text).ok());
        Self {
            urls: defaults.chain(options.allow_urls.clone()).collect(),
            endpoints: options.allow_endpoints.clone(),
            deletes: options.allow_delete,
        }
    }

    /// Checks that a request to `target`, a URL on fal's hosts, may be forwarded.
    pub(crate) fn check(&self, method: &Method, target: &Url) -> Result<(), NotAllowed> {
        if *method == Method::DELETE && !self.deletes {
            return Err(NotAllowed::Delete);
        }
        let url = &target[Position::BeforeHost..Position::AfterQuery];
        if !self.urls.iter().any(|pattern| pattern.matches(url)) {
            return Err(NotAllowed::Url(url.to_owned()));
        }
        if !runs(method, target) {
            return Ok(());
        }
        let endpoint = target.path().trim_matches('/');
        if !self.allows_endpoint(endpoint) {
            return Err(NotAllowed::Endpoint(endpoint.to_owned()));
        }
        Ok(())
    }

    fn allows_endpoint(&self, endpoint: &str) -> bool {
        // A server that decodes `%2f` or collapses `//` would read another id than the patterns do.
        let is_plain = !endpoint.contains('%') && !endpoint.contains("//");
        self.endpoints.is_empty()
            || is_plain && self.endpoints.iter().any(|it| it.matches(endpoint))
    }
}

/// Whether a request runs an endpoint, directly or by the queue.
fn runs(method: &Method, target: &Url) -> bool {
    match target.host_str() {
        Some(QUEUE) => *method == Method::POST,
        Some(host) => host == "fal.run" || host.ends_with(".fal.run"),
        None => false,
    }
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => write!(
                f,
                "Invalid request: {url} is not forwarded, as neither fal's own proxy nor this \
                 client needs it; the emulator's --allow-url lets it through, to whoever may use \
                 this proxy"
            ),
            Self::Endpoint(endpoint) => write!(
                f,
                "Invalid request: {endpoint} is none of the endpoints that this proxy was started \
                 with: add --allow-endpoint '{endpoint}'"
            ),
            Self::Delete => f.write_str(
                "Invalid request: DELETE is not forwarded, unless the emulator was started with \
                 --allow-delete",
            ),
        }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(urls: &[&str], endpoints: &[&str], allow_delete: bool) -> Allowed {
        let patterns = |texts: &[&str]| {
            let parsed = texts.iter().map(|text| Pattern::parse(text));
            parsed.collect::<Result<_, _>>().expect("patterns")
        };
        Allowed::by(&Options {
            allow_urls: patterns(urls),
            allow_endpoints: patterns(endpoints),
            allow_delete,
            ..Options::default()
        })
    }

    fn passes(allowed: &Allowed, method: &Method, target: &str) -> bool {
        let target = Url::parse(target).expect(target);
        allowed.check(method, &target).is_ok()
    }

    #[test]
    fn what_clients_call_passes() {
        let allowed = allow(&[], &[], false);
        for (method, target) in [
            (Method::POST, "https://fal.run/fal-ai/x/y"),
            (Method::GET, "https://fal.run/fal-ai/x?prompt=a/b"),
            (
                Method::POST,
                "https://queue.fal.run/a/b/c?fal_webhook=https%3A%2F%2Fx",
            ),
            (
                Method::GET,
                "https://queue.fal.run/a/b/requests/1/status?logs=1",
            ),
            (Method::PUT, "https://queue.fal.run/a/b/requests/1/cancel"),
            (
                Method::POST,
                "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
            ),
            (
                Method::POST,
                "https://rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3",
            ),
            (Method::POST, "https://rest.fal.ai/tokens/"),
            (Method::POST, "https://rest.fal.ai/tokens/realtime"),
        ] {
            assert!(passes(&allowed, &method, target), "{method} {target}");
        }
    }

    #[test]
    fn what_manages_keys_and_money_does_not() {
        let closed = allow(&[], &[], false);
        for target in [
            "https://api.fal.ai/v1/keys",
            "https://rest.fal.ai/keys/",
            "https://rest.fal.ai/billing/user_balance",
            "https://rest.fal.ai/tokens/../keys/",
            "https://rest.fal.ai/tokens/%2e%2e/keys/",
            "https://rest.fal.ai/storage/upload/initiate?storage_type=gcs",
            "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3&x=1",
            "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3",
            "https://key.gateway.alpha.fal.ai/",
            "https://wma.fal.run/session",
            "https://v3.fal.media/files/b/x",
            "https://fal.ai/",
        ] {
            for method in [Method::GET, Method::POST] {
                assert!(!passes(&closed, &method, target), "{method} {target}");
            }
        }
        let queue = "https://queue.fal.run/a/b/requests/1";
        assert!(!passes(&closed, &Method::DELETE, queue));
        assert!(passes(&allow(&[], &[], true), &Method::DELETE, queue));
        let open = allow(&["api.fal.ai/v1/models/**"], &[], false);
        assert!(passes(
            &open,
            &Method::GET,
            "https://api.fal.ai/v1/models/pricing"
        ));
        assert!(!passes(&open, &Method::GET, "https://api.fal.ai/v1/keys"));
    }

    #[test]
    fn with_endpoints_named_no_other_is_run() {
        let some = allow(&[], &["fal-ai/flux/**", "acme/*"], false);
        for (method, target, is_allowed) in [
            (Method::POST, "https://queue.fal.run/fal-ai/flux/dev", true),
            (Method::POST, "https://fal.run/fal-ai/flux", true),
            (Method::POST, "https://fal.run/acme/x/", true),
            (Method::POST, "https://fal.run/acme/x/y", false),
            (Method::POST, "https://fal.run/fal-ai/veo3", false),
            // A GET with the input in the query is a run, too.
            (Method::GET, "https://fal.run/fal-ai/veo3?prompt=x", false),
            (
                Method::POST,
                "https://fal.run/fal-ai/flux/..%2f..%2fother/app",
                false,
            ),
            (Method::POST, "https://fal.run/fal-ai/flux//x", false),
            // With a token, a caller could run any endpoint.
            (Method::POST, "https://rest.fal.ai/tokens/", false),
            (
                Method::GET,
                "https://queue.fal.run/fal-ai/veo3/requests/1",
                true,
            ),
            (
                Method::PUT,
                "https://queue.fal.run/fal-ai/veo3/requests/1/cancel",
                true,
            ),
        ] {
            assert_eq!(
                passes(&some, &method, target),
                is_allowed,
                "{method} {target}"
            );
        }
    }

    #[test]
    fn a_refusal_names_what_lets_it_through() {
        let target = Url::parse("https://api.fal.ai/v1/keys").expect("a URL");
        let refused = allow(&[], &[], false).check(&Method::GET, &target);
        let text = refused.expect_err("refused").to_string();
        assert!(text.contains("api.fal.ai/v1/keys") && text.contains("--allow-url"));
    }
}
