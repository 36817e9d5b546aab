//! One attempt to deliver: a POST, and its outcome.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::outgoing::{self, Connector};
use crate::picture::{Reach, Resolve};

/// The outcome of an attempt. The texts give the developer the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempted {
    Taken,
    /// The delivery failed, and a retry cannot help.
    Refused(String),
    Failed(String),
}

/// Sends deliveries to addresses within its reach.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) reach: Reach,
    client: Client<Connector<Resolve>, Full<Bytes>>,
}

impl Sender {
    pub(super) fn new(reach: Reach) -> Self {
        let http = HttpConnector::new_with_resolver(Resolve(reach));
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(outgoing::over(http));
        Self { reach, client }
    }

    /// Posts `body`. Does not follow redirects.
    pub(super) async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        limit: Duration,
    ) -> Attempted {
        let Ok(mut request) = Request::post(url.as_str()).body(Full::new(body)) else {
            return Attempted::Refused("its URL cannot be called".to_owned());
        };
        *request.headers_mut() = headers;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let agent = concat!("fal-emulator/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        match tokio::time::timeout(limit, self.client.request(request)).await {
            Ok(Ok(response)) => Attempted::by(response.status()),
            Ok(Err(error)) => Attempted::Failed(outgoing::cause(&error)),
            Err(_) => Attempted::Failed(format!("no answer within {} ms", limit.as_millis())),
        }
    }
}

impl Attempted {
    /// The outcome for the status of an answer (protocol §11.2).
    pub(super) fn by(status: StatusCode) -> Self {
        if status.is_success() {
            Self::Taken
        } else if status.is_redirection() {
            Self::Refused(format!(
                "it answered {status}, and redirects are not followed"
            ))
        } else {
            Self::Failed(format!("it answered {status}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_mean_what_the_service_takes_them_for() {
        for (status, is_final) in [
            (301, true),
            (307, true),
            (400, false),
            (404, false),
            (503, false),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let attempted = Attempted::by(status);
            assert_eq!(
                matches!(attempted, Attempted::Refused(_)),
                is_final,
                "{status}"
            );
            assert_ne!(attempted, Attempted::Taken);
        }
        assert_eq!(Attempted::by(StatusCode::NO_CONTENT), Attempted::Taken);
    }
}
