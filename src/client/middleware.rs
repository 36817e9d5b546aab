//! The caller's code that changes requests before they are sent.

use std::{error::Error as StdError, fmt, sync::Arc};

use futures_util::future::LocalBoxFuture;

use super::error::Error;

/// A request before it is sent, as the client's [middleware](super::ClientBuilder::middleware) gets it.
/// It holds no key and no body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutgoingRequest {
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// Where it goes.
    pub url: String,
    /// Its headers by name.
    pub headers: Vec<(String, String)>,
}

impl OutgoingRequest {
    /// Sets a header, in place of one with the same name in any case.
    pub fn set_header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
    }

    /// A header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Sets a header unless there is one.
    pub(super) fn set_default_header(&mut self, name: &str, value: &str) {
        if self.header(name).is_none() {
            self.set_header(name, value);
        }
    }
}

type Failure = Box<dyn StdError + Send + Sync>;
type Changed = LocalBoxFuture<'static, Result<OutgoingRequest, Failure>>;

/// A middleware of the caller's.
#[derive(Clone)]
pub(super) struct Middleware(Arc<dyn Fn(OutgoingRequest) -> Changed + Send + Sync>);

impl Middleware {
    pub(super) fn new<Change, Future, Problem>(change: Change) -> Self
    where
        Change: Fn(OutgoingRequest) -> Future + Send + Sync + 'static,
        Future: std::future::Future<Output = Result<OutgoingRequest, Problem>> + 'static,
        Problem: Into<Failure>,
    {
        Self(Arc::new(move |request| {
            let changed = change(request);
            Box::pin(async { changed.await.map_err(Into::into) })
        }))
    }

    pub(super) async fn change(&self, request: OutgoingRequest) -> Result<OutgoingRequest, Error> {
        (self.0)(request).await.map_err(|source| Error::Middleware {
            source: source.into(),
            request_id: None,
        })
    }
}

impl fmt::Debug for Middleware {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Middleware")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn request() -> OutgoingRequest {
        OutgoingRequest {
            method: "GET".into(),
            url: "https://fal.run/a/b".into(),
            headers: vec![("X-Mine".into(), "1".into())],
        }
    }

    #[test]
    fn a_header_has_one_value_whatever_the_case_of_its_name() {
        let mut request = request();
        request.set_header("x-mine", "2");
        request.set_default_header("X-MINE", "3");
        request.set_default_header("accept", "a");
        assert_eq!(request.header("X-Mine"), Some("2"));
        assert_eq!(request.headers.len(), 2);
    }

    #[test]
    fn a_middleware_changes_a_request_or_fails_with_its_own_error() {
        let gate = Middleware::new(|mut request: OutgoingRequest| async move {
            request.url = "https://gate.example".into();
            Ok::<_, Failure>(request)
        });
        let changed = gate.change(request()).now_or_never().expect("at once");
        assert_eq!(changed.expect("changed").url, "https://gate.example");
        let shut = Middleware::new(|_| async { Err::<OutgoingRequest, _>("no ticket") });
        let error = shut
            .change(request())
            .now_or_never()
            .expect("at once")
            .expect_err("shut");
        assert_eq!(error.to_string(), "the middleware failed: no ticket");
    }
}
