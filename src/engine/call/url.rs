//! Where the requests of a call go.

use super::Call;
use crate::{
    answer::Problem,
    endpoint::EndpointId,
    engine::{Fault, Goal, QueuedRequest, Rejection, step::open},
    host::is_fal_url,
    protocol::Operation,
    text::{find, joined},
    upload_plan::part_url,
};

impl Call {
    pub(super) fn url(&self) -> Result<String, Rejection> {
        const TOKENS: &str = "https://rest.fal.ai/tokens/";
        const STORAGE: &str = "https://rest.fal.ai/storage/upload/initiate";
        const STORAGE_TYPE: &str = "?storage_type=fal-cdn-v3";
        let given = || self.target.url.as_deref().unwrap_or_default();
        let mut url = match self.operation {
            Operation::Token => joined(&[TOKENS]),
            Operation::InitiateUpload => joined(&[STORAGE, STORAGE_TYPE]),
            Operation::InitiateMultipartUpload => joined(&[STORAGE, "-multipart", STORAGE_TYPE]),
            Operation::Upload => joined(&[given()]),
            Operation::UploadPart => {
                part_url(given(), self.settings.part.as_deref().unwrap_or_default())
            }
            Operation::CompleteUpload => part_url(given(), "complete"),
            Operation::Submit => self.endpoint()?.submit_url(),
            Operation::Run => self.endpoint()?.run_url(),
            Operation::Stream | Operation::StreamByGet => self.stream_url()?,
            Operation::Status | Operation::Poll | Operation::PollAtInterval => {
                return self.of_request(|request, endpoint| {
                    joined(&[&request.status_url(endpoint), self.logs_query()])
                });
            }
            Operation::Result | Operation::FollowedResult => {
                return self.of_request(QueuedRequest::response_url);
            }
            Operation::Cancel => return self.of_request(QueuedRequest::cancel_url),
        };
        url.push_str(&self.settings.query);
        let Some(token) = &self.settings.token else {
            return Ok(url);
        };
        if !is_fal_url(&url) {
            return Err(open(Fault::TokenUrl));
        }
        let has_query = find(&url, |byte| byte == b'?').is_some();
        let separator = if has_query { "&" } else { "?" };
        Ok(joined(&[&url, separator, "fal_jwt_token=", token]))
    }

    /// Of the caller's own URL, of the request's statuses, or of the endpoint.
    fn stream_url(&self) -> Result<String, Rejection> {
        match (&self.target.url, &self.target.request) {
            (Some(url), _) => Ok(joined(&[url])),
            (None, Some(_)) => self.status_stream_url(),
            (None, None) => Ok(self.endpoint()?.stream_url()),
        }
    }

    pub(super) fn status_stream_url(&self) -> Result<String, Rejection> {
        self.of_request(|request, endpoint| {
            joined(&[&request.status_url(endpoint), "/stream", self.logs_query()])
        })
    }

    fn logs_query(&self) -> &'static str {
        if self.settings.logs {
            "?logs=1"
        } else {
            "?logs=0"
        }
    }

    fn endpoint(&self) -> Result<&EndpointId, Rejection> {
        self.target.endpoint.as_ref().ok_or(open(Fault::EndpointId))
    }

    fn of_request<T>(
        &self,
        read: impl FnOnce(&QueuedRequest, &EndpointId) -> T,
    ) -> Result<T, Rejection> {
        let endpoint = self.endpoint()?;
        let missing = match self.goal {
            Goal::Subscribe => Fault::BadAnswer(Problem::NoRequestId),
            _ => Fault::RequestId,
        };
        let request = self.request().ok_or(open(missing))?;
        Ok(read(request, endpoint))
    }
}
