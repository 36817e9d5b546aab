//! The calls that a plan can name. A request is assigned to one of them by its target URL if it is proxied, and by its
//! path otherwise.

use axum::http::header::UPGRADE;
use axum::http::{HeaderMap, Method};
use serde::Serialize;

use crate::protocol::{self, Action, Rest, Service};
use crate::storage::Place;

/// A call of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Route {
    Submit,
    Status,
    Result,
    Cancel,
    StatusStream,
    /// An endpoint's own event stream.
    Stream,
    Run,
    Initiate,
    InitiateMultipart,
    /// The upload of a whole file.
    Put,
    Part,
    Complete,
    Token,
    /// The download of a file.
    File,
    /// A webhook delivery, which the emulator sends.
    Webhook,
    /// The handshake of a WebSocket.
    Realtime,
}

impl Route {
    pub(super) const ALL: [(&'static str, Self); 16] = [
        ("submit", Self::Submit),
        ("status", Self::Status),
        ("result", Self::Result),
        ("cancel", Self::Cancel),
        ("status_stream", Self::StatusStream),
        ("stream", Self::Stream),
        ("run", Self::Run),
        ("initiate", Self::Initiate),
        ("initiate_multipart", Self::InitiateMultipart),
        ("put", Self::Put),
        ("part", Self::Part),
        ("complete", Self::Complete),
        ("token", Self::Token),
        ("file", Self::File),
        ("webhook", Self::Webhook),
        ("realtime", Self::Realtime),
    ];

    /// The route of this name.
    pub(super) fn find(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name);
        known.map(|(_, route)| *route)
    }

    /// Its name in plans.
    pub(super) fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, route)| *route == self);
        known.map_or("", |(name, _)| name)
    }

    /// The route of a request to `service`, or `None` if it is no call of the protocol. `path` is the path on fal.ai's own
    /// host.
    pub(super) fn of(
        service: Service,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Self> {
        match service {
            Service::Queue => Self::of_queue(method, path),
            Service::Run if headers.contains_key(UPGRADE) => Some(Self::Realtime),
            Service::Socket => Some(Self::Realtime),
            Service::Run if path.trim_end_matches('/').ends_with("/stream") => Some(Self::Stream),
            Service::Run => Some(Self::Run),
            Service::Rest => Self::of_rest(path),
            Service::Cdn => Self::of_cdn(method, path),
        }
    }

    fn of_queue(method: &Method, path: &str) -> Option<Self> {
        match protocol::Route::of(path)? {
            protocol::Route::Submit(_) => (*method == Method::POST).then_some(Self::Submit),
            protocol::Route::FollowUp { action, .. } => match action {
                Action::Result => Some(Self::Result),
                Action::Status => Some(Self::Status),
                Action::StatusStream => Some(Self::StatusStream),
                Action::Cancel => Some(Self::Cancel),
                Action::Unknown => None,
            },
        }
    }

    fn of_rest(path: &str) -> Option<Self> {
        match path.trim_end_matches('/') {
            "/storage/upload/initiate" => Some(Self::Initiate),
            "/storage/upload/initiate-multipart" => Some(Self::InitiateMultipart),
            "/storage/auth/token" => Some(Self::Token),
            _ => (Rest::of(path) == Some(Rest::Tokens)).then_some(Self::Token),
        }
    }

    fn of_cdn(method: &Method, path: &str) -> Option<Self> {
        match (Place::of(path)?, method) {
            (Place::File(_), &(Method::GET | Method::HEAD)) => Some(Self::File),
            (Place::File(_), &Method::PUT) | (Place::Upload, &Method::POST) => Some(Self::Put),
            (Place::Part { .. }, &Method::PUT) => Some(Self::Part),
            (Place::Complete { .. }, &Method::POST) => Some(Self::Complete),
            (Place::UploadInParts, &Method::POST) => Some(Self::InitiateMultipart),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_recognised() {
        let file = "/files/b/01234567/0123456789abcdef01234567_a.png";
        let (none, headers) = (None, HeaderMap::new());
        for (service, method, path, route) in [
            (Service::Queue, "POST", "/a/b/c", Some("submit")),
            (Service::Queue, "GET", "/a/b/c", none),
            (Service::Queue, "GET", "/a/b/requests/1", Some("result")),
            (
                Service::Queue,
                "GET",
                "/a/b/requests/1/status",
                Some("status"),
            ),
            (
                Service::Queue,
                "GET",
                "/a/b/requests/1/status/stream",
                Some("status_stream"),
            ),
            (
                Service::Queue,
                "PUT",
                "/a/b/requests/1/cancel",
                Some("cancel"),
            ),
            (Service::Queue, "GET", "/a/b/requests/1/other", none),
            (Service::Run, "POST", "/a/b", Some("run")),
            (Service::Run, "POST", "/a/b/stream", Some("stream")),
            (
                Service::Rest,
                "POST",
                "/storage/upload/initiate",
                Some("initiate"),
            ),
            (
                Service::Rest,
                "POST",
                "/storage/upload/initiate-multipart",
                Some("initiate_multipart"),
            ),
            (Service::Rest, "POST", "/storage/auth/token", Some("token")),
            (Service::Rest, "POST", "/tokens/", Some("token")),
            (Service::Rest, "GET", "/.well-known/jwks.json", none),
            (Service::Cdn, "GET", file, Some("file")),
            (Service::Cdn, "PUT", file, Some("put")),
            (Service::Cdn, "PUT", &format!("{file}/3"), Some("part")),
            (
                Service::Cdn,
                "PUT",
                &format!("{file}/multipart/c0/3"),
                Some("part"),
            ),
            (
                Service::Cdn,
                "POST",
                &format!("{file}/complete"),
                Some("complete"),
            ),
            (Service::Cdn, "POST", "/files/upload", Some("put")),
            (
                Service::Cdn,
                "POST",
                "/files/upload/multipart",
                Some("initiate_multipart"),
            ),
            (Service::Cdn, "DELETE", file, none),
        ] {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let found = Route::of(service, &method, path, &headers).map(Route::name);
            assert_eq!(found, route, "{method} {path}");
        }
        let upgrade = HeaderMap::from_iter([(UPGRADE, "websocket".parse().expect("a value"))]);
        let socket = Route::of(Service::Run, &Method::GET, "/a/b/realtime", &upgrade);
        assert_eq!(socket, Some(Route::Realtime));
    }

    #[test]
    fn a_name_leads_to_its_route_and_back() {
        for (name, route) in Route::ALL {
            assert_eq!((Route::find(name), route.name()), (Some(route), name));
        }
        assert_eq!(Route::find("sbumit"), None);
    }
}
