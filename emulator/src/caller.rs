//! The check of the caller's key. fal.ai requires a key on every call except those to files (protocol §3).
//! The emulator requires one only if it was started with `--require-key`.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::Key;
use crate::protocol::{Call, Service};
use crate::reply;

/// The query parameter of a short-lived token. A stream or a WebSocket takes a token in place of the key, and checks it
/// when it is opened (protocol §3.3).
const TOKEN: &str = "fal_jwt_token";

/// The service's answer to a call without the right key. `None` if the call has the key, or needs none.
pub(crate) fn refusal(required: &Key, call: &Call) -> Option<Response> {
    if call.service == Service::Cdn || is_public(&call.path) || brings_token(call) {
        return None;
    }
    let text = match call.headers.get(AUTHORIZATION) {
        Some(given) if *given == required.authorization() => return None,
        Some(given) if given.as_bytes().starts_with(b"Bearer ") => {
            "Cannot decode the issuer of the token: it is no JWT".to_owned()
        }
        Some(_) => "invalid key credentials".to_owned(),
        None if call.service == Service::Rest => "Authorization header is required".to_owned(),
        None => {
            let app = app(&call.path);
            format!("Cannot access application \"{app}\". Authentication is required.")
        }
    };
    Some(reply::detail(StatusCode::UNAUTHORIZED, text))
}

/// Adds the key to a call that brings none, as a proxy does (protocol §4.2).
pub(crate) fn add_key(key: &Key, headers: &mut HeaderMap) {
    headers
        .entry(AUTHORIZATION)
        .or_insert_with(|| key.authorization());
}

fn brings_token(call: &Call) -> bool {
    let takes_one = match call.service {
        Service::Run | Service::Socket => true,
        Service::Queue => call.path.ends_with("/status/stream"),
        Service::Rest | Service::Cdn => false,
    };
    takes_one && call.parameter(TOKEN).is_some()
}

/// Everybody may fetch the public keys that verify webhooks (protocol §11.3).
fn is_public(path: &str) -> bool {
    path.starts_with("/.well-known/")
}

/// `owner/alias` of a path.
fn app(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    let end = path.match_indices('/').nth(1).map(|(at, _)| at);
    path.get(..end.unwrap_or(path.len())).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_named_by_its_owner_and_alias() {
        assert_eq!(app("/a/b/c/requests/1"), "a/b");
        assert_eq!(app("/a/b"), "a/b");
        assert_eq!(app("/"), "");
    }
}
