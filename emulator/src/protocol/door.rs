//! Finds the service for a request by a direct URL, which is fal.ai's with `https:/` replaced by this origin. All other
//! paths are files of the demo page.

use axum::http::Method;

use super::call::Service;
use super::rest::Rest;
use super::route::Route;

/// A service, and the part of the path that names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Door<'a> {
    pub(crate) service: Service,
    /// With the `/` before it. Empty if the path names no service.
    pub(crate) prefix: &'a str,
}

impl<'a> Door<'a> {
    /// The service for a request. `None` for files of the demo page: GET and HEAD requests that name no service and are no
    /// follow-ups.
    pub(crate) fn of(method: &Method, path: &'a str) -> Option<Self> {
        let end = path.get(1..)?.find('/').map_or(path.len(), |at| at + 1);
        let prefix = path.get(..end)?;
        if let Some(service) = Service::of_host(prefix.strip_prefix('/')?) {
            return Some(Self { service, prefix });
        }
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        let service = if is_file(path) {
            Service::Cdn
        } else if matches!(Rest::of(path), Some(Rest::Storage | Rest::Tokens)) {
            Service::Rest
        } else if !is_read || is_follow_up(path) {
            Service::Queue
        } else {
            return None;
        };
        Some(Self {
            service,
            prefix: "",
        })
    }

    /// The path on the service's host.
    pub(crate) fn inner(&self, path: &'a str) -> &'a str {
        match path.get(self.prefix.len()..) {
            None | Some("") => "/",
            Some(inner) => inner,
        }
    }
}

/// Whether a path is that of a file on the CDN's hosts.
pub(crate) fn is_file(path: &str) -> bool {
    path.starts_with("/files/")
}

/// Whether a path is that of a follow-up: status, result or cancel.
fn is_follow_up(path: &str) -> bool {
    matches!(Route::of(path), Some(Route::FollowUp { .. }))
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_doors_and_the_page_keeps_its_files() {
        let queue = Some(Service::Queue);
        for (method, path, service) in [
            (Method::POST, "/queue.fal.run/a/b/c", queue),
            (Method::GET, "/queue.fal.run", queue),
            (Method::POST, "/fal.run/a/b", Some(Service::Run)),
            (Method::POST, "/a/b/c", queue),
            (Method::GET, "/a/b/requests/id/status", queue),
            (
                Method::POST,
                "/storage/upload/initiate",
                Some(Service::Rest),
            ),
            (Method::POST, "/tokens/", Some(Service::Rest)),
            (Method::POST, "/tokens/realtime", Some(Service::Rest)),
            (Method::GET, "/v3b.fal.media/files/b/x", Some(Service::Cdn)),
            (Method::PUT, "/files/b/0/x", Some(Service::Cdn)),
            (Method::GET, "/", None),
            (Method::GET, "/app.js", None),
            (Method::HEAD, "/assets/deep/er.css", None),
            (Method::GET, "/queue.fal.run.evil/x", None),
        ] {
            let door = Door::of(&method, path).map(|door| door.service);
            assert_eq!(door, service, "{method} {path}");
        }
    }
}
