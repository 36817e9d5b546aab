//! Endpoint ids and request ids: parsing them, and building the URLs of the queue from
//! them. Ids come from callers and may be hostile: what parses here cannot change the
//! host, leave its path segment or add a query (grammar: protocol §2).

use crate::{
    host::fal_url_path,
    text::{find, joined},
};

const QUEUE: &str = "https://queue.fal.run/";
const RUN: &str = "https://fal.run/";
const NAMESPACES: [&[u8]; 2] = [b"workflows", b"comfy"];

/// An endpoint id that is safe to build URLs from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointId {
    /// The caller's text without a trailing slash: the id, or a URL.
    given: String,
    /// Where `[namespace/]owner/alias[/path]` begins in it.
    start: usize,
    /// Length of `[namespace/]owner/alias`.
    base_len: usize,
    /// Length of the alias.
    alias_len: usize,
}

impl EndpointId {
    /// Parses `owner/alias[/path]`, `workflows/owner/alias[/path]`, `comfy/owner/alias[/path]`,
    /// the legacy `1234-alias`, or an `https` URL on a fal host. `None` for anything else.
    pub fn parse(id: &str) -> Option<Self> {
        if find(id, |byte| byte == b'/').is_none() {
            return Self::at(legacy(id)?, 0);
        }
        let id = id.strip_suffix('/').unwrap_or(id);
        // A URL of another host is no id either: no segment has a colon.
        let start = match fal_url_path(id) {
            None => 0,
            Some(path) if id.as_bytes().get(path) == Some(&b'/') => path + 1,
            Some(_) => return None,
        };
        Self::at(joined(&[id]), start)
    }

    fn at(given: String, start: usize) -> Option<Self> {
        let (mut segments, mut wanted, mut base_len, mut alias_len) = (0, 2, 0, 0);
        for segment in given.as_bytes().get(start..)?.split(|byte| *byte == b'/') {
            if !is_segment(segment) {
                return None;
            }
            if segments == 0 && NAMESPACES.contains(&segment) {
                wanted = 3;
            }
            if segments < wanted {
                alias_len = segment.len();
                base_len += alias_len + usize::from(segments > 0);
            }
            segments += 1;
        }
        (segments >= wanted).then_some(Self {
            given,
            start,
            base_len,
            alias_len,
        })
    }

    /// The whole id, e.g. `fal-ai/kandinsky5-pro/image-to-video`.
    pub fn as_str(&self) -> &str {
        self.given.get(self.start..).unwrap_or_default()
    }

    /// The app that follow-up calls name: the id without its subpath, e.g.
    /// `fal-ai/kandinsky5-pro`. The service answers 405 to anything longer (protocol §2.2).
    pub fn base_app(&self) -> &str {
        self.as_str().get(..self.base_len).unwrap_or_default()
    }

    /// The name that tokens are asked for: the base app without owner and namespace.
    pub fn alias(&self) -> &str {
        let base = self.base_app();
        let at = self.base_len - self.alias_len;
        base.get(at..).unwrap_or_default()
    }

    /// Where to submit.
    pub fn submit_url(&self) -> String {
        self.url_at(QUEUE, "")
    }

    /// Where to run the model on one connection (protocol §6).
    pub fn run_url(&self) -> String {
        self.url_at(RUN, "")
    }

    /// Where the model's answer is streamed from (protocol §7). An id that names the stream
    /// already is not given another.
    pub fn stream_url(&self) -> String {
        let is_stream = self.given.ends_with("/stream");
        self.url_at(RUN, if is_stream { "" } else { "stream" })
    }

    /// A URL given as the id is called as it stands, with the trailing slash that the
    /// official client adds (protocol §2.3).
    fn url_at(&self, host: &str, path: &str) -> String {
        let is_url = self.start > 0;
        let host = if is_url { "" } else { host };
        let slash = if is_url || !path.is_empty() { "/" } else { "" };
        joined(&[host, &self.given, slash, path])
    }

    /// The queue URL of a submitted request; `suffix` is empty, `/status` or `/cancel`.
    pub fn request_url(&self, request_id: &RequestId<'_>, suffix: &str) -> String {
        joined(&[QUEUE, self.base_app(), "/requests/", request_id.0, suffix])
    }
}

/// A request id that is safe to put into a URL path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId<'a>(&'a str);

impl<'a> RequestId<'a> {
    /// Accepts a text that can be one path segment as it stands. `None` for any other.
    pub fn parse(id: &'a str) -> Option<Self> {
        is_segment(id.as_bytes()).then_some(Self(id))
    }
}

/// `1234-my-app` → `1234/my-app`
fn legacy(id: &str) -> Option<String> {
    let dash = find(id, |byte| byte == b'-')?;
    let (owner, alias) = (id.get(..dash)?, id.get(dash + 1..)?);
    let is_number = !owner.is_empty() && find(owner, |byte| !byte.is_ascii_digit()).is_none();
    let is_name = find(alias, |byte| !byte.is_ascii_alphanumeric() && byte != b'-').is_none();
    (is_number && is_name).then(|| joined(&[owner, "/", alias]))
}

/// One path segment of unreserved characters that no URL parser rewrites.
fn is_segment(segment: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    !matches!(segment, b"" | b"." | b"..") && segment.len() <= 256 && segment.iter().all(is_plain)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn parsed(id: &str) -> EndpointId {
        EndpointId::parse(id).unwrap_or_else(|| panic!("{id} should parse"))
    }

    #[test]
    fn an_id_keeps_its_subpath_for_submit_and_loses_it_for_follow_ups() {
        for (id, submit, base) in [
            (
                "fal-ai/kandinsky5-pro/image-to-video",
                "https://queue.fal.run/fal-ai/kandinsky5-pro/image-to-video",
                "fal-ai/kandinsky5-pro",
            ),
            ("acme/app", "https://queue.fal.run/acme/app", "acme/app"),
            ("acme/app/", "https://queue.fal.run/acme/app", "acme/app"),
            (
                "workflows/acme/flow/v2",
                "https://queue.fal.run/workflows/acme/flow/v2",
                "workflows/acme/flow",
            ),
            (
                "comfy/acme/graph",
                "https://queue.fal.run/comfy/acme/graph",
                "comfy/acme/graph",
            ),
            (
                "1234-my-app",
                "https://queue.fal.run/1234/my-app",
                "1234/my-app",
            ),
            (
                "https://queue.fal.run/acme/app/v1",
                "https://queue.fal.run/acme/app/v1/",
                "acme/app",
            ),
        ] {
            assert_eq!(parsed(id).submit_url(), submit);
            assert_eq!(parsed(id).base_app(), base);
        }
    }

    #[test]
    fn follow_up_urls_name_the_base_app() {
        let request = RequestId::parse("0b6c1d1e-6b57").expect("valid");
        assert_eq!(
            parsed("acme/app/sub/path").request_url(&request, "/status"),
            "https://queue.fal.run/acme/app/requests/0b6c1d1e-6b57/status"
        );
    }

    #[test]
    fn what_is_no_endpoint_id_is_refused() {
        for id in [
            "",
            "/",
            "app",
            "my-app",
            "1234-",
            "-app",
            "12a-app",
            "acme/",
            "/acme/app",
            "acme//app",
            "acme/app/../../other",
            "acme/./app",
            "acme/app?x=1",
            "acme/app#x",
            "acme/app/%2e%2e",
            "acme/a pp",
            "acme\\app/x",
            "acme/app\n",
            "acme/äpp",
            "workflows/acme",
            "http://fal.run/acme/app",
            "https://notfal.run/acme/app",
            "https://fal.run",
            "https://fal.run/acme",
            "https://queue.fal.run/acme/app?x=1",
        ] {
            assert_eq!(EndpointId::parse(id), None, "{id:?}");
        }
    }

    #[test]
    fn request_ids_stay_within_their_segment() {
        assert!(RequestId::parse("0b6c1d1e-6b57-4d29-9f5e-5d2f0a0f1c11").is_some());
        for id in ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "a\\b"] {
            assert!(RequestId::parse(id).is_none(), "{id:?}");
        }
    }
}
