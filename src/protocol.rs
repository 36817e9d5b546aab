//! The operations of fal's API, as one table: what each sends, what its answer must be, and how
//! it is retried. Reading [`Operation::rule`] is reading the protocol.
//!
//! `§` is a section of the description of fal's protocol.

use crate::retry::RetryPolicy;

/// One HTTP request of the protocol, by its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Puts a request into the queue (§5.1).
    Submit,
    /// Asks for the status of a request, once (§5.3).
    Status,
    /// Asks for the status of a request that the client follows, at its own poll delay.
    Poll,
    /// The same at the caller's poll interval, with the patience of the official client.
    PollAtInterval,
    /// Fetches the result of a request, once (§5.5).
    Result,
    /// Fetches the result of a request that the client followed to its end.
    FollowedResult,
    /// Cancels a request (§5.6).
    Cancel,
    /// Runs a model while the connection lasts (§6).
    Run,
    /// Starts a stream of a model (§7).
    Stream,
    /// Starts a stream that only reads, such as that of a request's statuses (§5.4).
    StreamByGet,
    /// Asks for a token that a page may use in place of a key, for one app (§3.3).
    Token,
    /// Asks for the URL to upload a file to (§9.2).
    InitiateUpload,
    /// The same for a file that goes up in parts (§9.3).
    InitiateMultipartUpload,
    /// Uploads a file (§9.2).
    Upload,
    /// Uploads a part of a file (§9.3).
    UploadPart,
    /// Lists the parts of a file, after all of them were uploaded (§9.3).
    CompleteUpload,
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Starts something.
    Post,
    /// Repeats without harm.
    Put,
}

/// The kind of answer that an operation expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// The reply to a submit, as JSON.
    SubmitReply,
    /// The status of a request: one of this protocol, or one that looks like it.
    Status,
    /// The same while a request is followed: a status of this protocol.
    FollowedStatus,
    /// The result of a request: the model's output, in whatever form.
    Result,
    /// The output of a run, which cannot be fetched again.
    RunResult,
    /// That something was done. The answer need not say more.
    Acknowledgement,
    /// Anything that can be read.
    Anything,
}

/// How a host reads the body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As JSON, or by the caller's own response handler.
    Json,
    /// By its content type: a model may give JSON, text or bytes.
    Content,
    /// Not at all: the caller reads the stream.
    Stream,
}

/// What all requests of one operation have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The operation's name in error messages.
    pub name: &'static str,
    /// The method, unless the caller chose another one for a model.
    pub method: Method,
    /// How the answer is read.
    pub reading: Reading,
    /// The kind of answer that counts.
    pub wanted: Wanted,
    /// When to try again.
    pub retry: RetryPolicy,
}

const fn rule(
    name: &'static str,
    method: Method,
    reading: Reading,
    wanted: Wanted,
    retry: RetryPolicy,
) -> Rule {
    Rule {
        name,
        method,
        reading,
        wanted,
        retry,
    }
}

impl Operation {
    /// The row of the table.
    #[rustfmt::skip]
    #[allow(clippy::match_same_arms)] // one row for each operation
    pub const fn rule(self) -> Rule {
        use Method::{Get, Post, Put};
        use Reading::{Content, Json, Stream};
        match self {
            Self::Submit => rule("submit", Post, Json, Wanted::SubmitReply, RetryPolicy::SUBMIT),
            Self::Status => rule("status", Get, Json, Wanted::Status, RetryPolicy::STATUS),
            Self::Poll => rule("status", Get, Json, Wanted::FollowedStatus, RetryPolicy::FOLLOW),
            Self::PollAtInterval => rule("status", Get, Json, Wanted::FollowedStatus, RetryPolicy::STATUS),
            Self::Result => rule("result", Get, Content, Wanted::Result, RetryPolicy::RESULT),
            Self::FollowedResult => rule("result", Get, Content, Wanted::Result, RetryPolicy::FOLLOWED_RESULT),
            Self::Cancel => rule("cancel", Put, Json, Wanted::Acknowledgement, RetryPolicy::CANCEL),
            Self::Run => rule("run", Post, Content, Wanted::RunResult, RetryPolicy::RUN),
            Self::Stream => rule("stream", Post, Stream, Wanted::Anything, RetryPolicy::STREAM),
            Self::StreamByGet => rule("stream", Get, Stream, Wanted::Anything, RetryPolicy::STREAM_READ),
            Self::Token => rule("token", Post, Json, Wanted::Anything, RetryPolicy::STANDARD),
            // To ask twice costs an upload URL that nobody uses.
            Self::InitiateUpload => rule("upload", Post, Json, Wanted::Anything, RetryPolicy::STANDARD),
            Self::InitiateMultipartUpload => rule("upload", Post, Json, Wanted::Anything, RetryPolicy::STANDARD),
            // The same bytes may be uploaded again to the same URL.
            Self::Upload => rule("upload", Put, Json, Wanted::Anything, RetryPolicy::STANDARD),
            Self::UploadPart => rule("upload", Put, Content, Wanted::Anything, RetryPolicy::STANDARD),
            Self::CompleteUpload => rule("upload", Post, Json, Wanted::Anything, RetryPolicy::STANDARD),
        }
    }

    /// Every operation.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) const ALL: [Self; 16] = [
        Self::Submit,
        Self::Status,
        Self::Poll,
        Self::PollAtInterval,
        Self::Result,
        Self::FollowedResult,
        Self::Cancel,
        Self::Run,
        Self::Stream,
        Self::StreamByGet,
        Self::Token,
        Self::InitiateUpload,
        Self::InitiateMultipartUpload,
        Self::Upload,
        Self::UploadPart,
        Self::CompleteUpload,
    ];

    /// Whether it asks for the status of a request.
    pub const fn reads_status(self) -> bool {
        matches!(self, Self::Status | Self::Poll | Self::PollAtInterval)
    }

    /// Whether it asks for the result of a request.
    pub const fn reads_result(self) -> bool {
        matches!(self, Self::Result | Self::FollowedResult)
    }

    /// Whether it goes to a presigned URL. Such a URL carries its own permission, so the request
    /// gets neither the key nor the caller's middleware.
    pub const fn is_presigned(self) -> bool {
        matches!(self, Self::Upload | Self::UploadPart | Self::CompleteUpload)
    }
}

/// Where a request stands (§5.3). There is no failed or cancelled status: both are `COMPLETED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum QueueStatus {
    /// `IN_QUEUE`
    InQueue,
    /// `IN_PROGRESS`
    InProgress,
    /// `COMPLETED`
    Completed,
    /// A text that this protocol does not have, or none.
    #[default]
    Unknown,
}

impl QueueStatus {
    /// Reads the `status` of an answer.
    pub fn parse(status: &str) -> Self {
        match status {
            "IN_QUEUE" => Self::InQueue,
            "IN_PROGRESS" => Self::InProgress,
            "COMPLETED" => Self::Completed,
            _ => Self::Unknown,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::retry::Repeat;

    #[test]
    fn only_what_is_paid_for_is_not_repeated_freely() {
        for operation in Operation::ALL {
            let is_paid = matches!(
                operation,
                Operation::Submit | Operation::Run | Operation::Stream
            );
            let repeat = operation.rule().retry.repeat;
            assert_eq!(repeat == Repeat::OnlyIfRefused, is_paid, "{operation:?}");
        }
    }

    #[test]
    fn whatever_reads_a_paid_request_ends_each_try_and_waits_a_retry_after_out() {
        for operation in Operation::ALL {
            let is_about_request = operation.reads_status()
                || operation.reads_result()
                || operation == Operation::Cancel;
            let retry = operation.rule().retry;
            assert_eq!(
                retry.deadline_ms.is_some(),
                is_about_request,
                "{operation:?}"
            );
            assert_eq!(
                retry.waits_out_retry_after, is_about_request,
                "{operation:?}"
            );
        }
    }

    #[test]
    fn a_status_is_one_of_three_words() {
        assert_eq!(QueueStatus::parse("IN_QUEUE"), QueueStatus::InQueue);
        assert_eq!(QueueStatus::parse("IN_PROGRESS"), QueueStatus::InProgress);
        assert_eq!(QueueStatus::parse("COMPLETED"), QueueStatus::Completed);
        for other in ["", "FAILED", "CANCELLED", "completed"] {
            assert_eq!(QueueStatus::parse(other), QueueStatus::Unknown, "{other}");
        }
    }
}
