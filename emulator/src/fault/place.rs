//! The call that faults and holds are matched with: a request, or a delivery to a webhook.

use axum::body::Body;
use axum::http::{Method, Request};
use url::Url;

use super::route::Route;
use crate::protocol::{self, Door, Service};
use crate::storage;

/// The method that a one-off fault names to strike webhook deliveries.
const WEBHOOK: &str = "WEBHOOK";

/// The properties of a call by which faults and holds select it.
#[derive(Debug)]
pub(crate) struct Call {
    /// `WEBHOOK` for a delivery.
    pub(crate) method: String,
    pub(crate) service: Option<Service>,
    pub(super) route: Option<Route>,
    /// The endpoint in its URL. The URLs of follow-ups name only the app.
    pub(crate) endpoint: Option<String>,
    /// Set for follow-ups.
    pub(crate) request_id: Option<String>,
    /// The path and query. For proxied requests, those of the target. For webhooks, the whole URL.
    pub(crate) text: String,
    /// The path of the uploaded file, if the call is a step of an upload.
    pub(super) upload: Option<String>,
}

impl Call {
    /// The call of a request. `target` is the target URL of a proxied request.
    pub(crate) fn of(request: &Request<Body>, target: Option<&Url>) -> Self {
        let method = request.method();
        let uri = request.uri();
        let (service, path, text) = match target {
            Some(url) => {
                let service = Service::of_host(url.host_str().unwrap_or_default());
                let text = format!("{}?{}", url.path(), url.query().unwrap_or_default());
                (service, url.path(), text)
            }
            None => match Door::of(method, uri.path()) {
                Some(door) => (Some(door.service), door.inner(uri.path()), uri.to_string()),
                None => (None, uri.path(), uri.to_string()),
            },
        };
        let route = service.and_then(|it| Route::of(it, method, path, request.headers()));
        let named = service.and_then(|it| Named::of(it, path));
        let is_step = matches!(route, Some(Route::Put | Route::Part | Route::Complete));
        let upload = storage::Place::of(path).filter(|_| is_step);
        Self {
            method: method.to_string(),
            service,
            route,
            endpoint: named.as_ref().map(|named| named.endpoint.to_owned()),
            request_id: named.and_then(|named| Some(named.request_id?.to_owned())),
            text,
            upload: upload.and_then(|place| Some(place.file()?.to_string())),
        }
    }

    /// The name of its route. `None` if the request is no call of the protocol.
    pub(crate) fn route_name(&self) -> Option<&'static str> {
        self.route.map(Route::name)
    }

    /// Whether it is a call of `endpoint`, or of an endpoint below it. For follow-ups only the apps are compared, as their
    /// URLs name no more.
    pub(super) fn is_of(&self, endpoint: &str) -> bool {
        let Some(named) = self.endpoint.as_deref() else {
            return false;
        };
        if self.request_id.is_some() {
            return protocol::base(named) == protocol::base(endpoint);
        }
        let below = named.strip_prefix(endpoint);
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// A delivery to `url`.
    pub(super) fn webhook(url: &str) -> Self {
        Self {
            method: WEBHOOK.to_owned(),
            service: None,
            route: Some(Route::Webhook),
            endpoint: None,
            request_id: None,
            text: url.to_owned(),
            upload: None,
        }
    }

    /// Whether one-off faults without a method ignore it: preflights and webhook deliveries. A test counts the requests
    /// that it sends itself, and does not know of these.
    pub(crate) fn is_aside(&self) -> bool {
        self.method == Method::OPTIONS.as_str() || self.method == WEBHOOK
    }
}

/// The parts of an app's path.
struct Named<'a> {
    endpoint: &'a str,
    request_id: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn of(service: Service, path: &'a str) -> Option<Self> {
        let (endpoint, request_id) = match service {
            Service::Queue => match protocol::Route::of(path)? {
                protocol::Route::Submit(endpoint) => (endpoint, None),
                protocol::Route::FollowUp {
                    app, request_id, ..
                } => (app, Some(request_id)),
            },
            Service::Run | Service::Socket => (path.trim_matches('/'), None),
            Service::Rest | Service::Cdn => return None,
        };
        Some(Self {
            endpoint,
            request_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(method: &str, uri: &str, target: Option<&str>) -> Call {
        let request = Request::builder().method(method).uri(uri);
        let request = request.body(Body::empty()).expect("a request");
        let target = target.map(|target| Url::parse(target).expect("a URL"));
        Call::of(&request, target.as_ref())
    }

    #[test]
    fn requests_are_the_same_through_every_door() {
        let proxied = call(
            "POST",
            "/api/fal/proxy",
            Some("https://queue.fal.run/a/b?x=1"),
        );
        let named = call("POST", "/queue.fal.run/a/b?x=1", None);
        let bare = call("POST", "/a/b?x=1", None);
        for call in [proxied, named, bare] {
            assert_eq!(call.route, Some(Route::Submit), "{call:?}");
            assert!(call.text.ends_with("/a/b?x=1"), "{call:?}");
        }
        let elsewhere = call("POST", "/api/fal/proxy", Some("https://evil.example/a/b"));
        assert_eq!(elsewhere.route, None);
        assert_eq!(call("GET", "/style.css", None).route, None);
    }

    #[test]
    fn a_call_is_of_its_endpoint_and_a_follow_up_of_its_app() {
        let submit = call("POST", "/queue.fal.run/a/b/c", None);
        assert!(submit.is_of("a/b/c") && submit.is_of("a/b"));
        assert!(!submit.is_of("a/b/d") && !submit.is_of("a/b/c/d") && !submit.is_of("a/bc"));
        let stream = call("POST", "/fal.run/a/b/c/stream", None);
        assert!(stream.is_of("a/b/c") && !stream.is_of("a/c"));
        let status = call("GET", "/a/b/requests/1/status", None);
        assert_eq!(status.request_id.as_deref(), Some("1"));
        assert!(status.is_of("a/b") && status.is_of("a/b/c") && !status.is_of("a/c"));
        let upload = call("POST", "/storage/upload/initiate", None);
        assert!(!upload.is_of("a/b"));
    }

    #[test]
    fn the_steps_of_an_upload_name_its_file() {
        let file = "/files/b/01234567/0123456789abcdef01234567_a.png";
        for (method, step) in [("PUT", ""), ("PUT", "/2"), ("POST", "/complete")] {
            let call = call(method, &format!("{file}{step}?expires=1"), None);
            assert_eq!(call.upload.as_deref(), Some(file), "{step}");
        }
        assert_eq!(call("GET", file, None).upload, None);
    }
}
