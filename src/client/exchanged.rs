//! The end of one request.

use super::{body_reader::BodyReader, error::Error, loss::Loss, reply::Reply};

/// What became of a request.
pub(super) enum Exchanged {
    /// An answer of 2xx. The reader is there if the caller reads the body as a stream.
    Answered(Reply, Option<BodyReader>),
    /// An HTTP error.
    Refused(Reply),
    /// No answer, or half of one.
    Lost(Loss),
    /// It was not sent, or its answer is none.
    Threw(Error),
}
