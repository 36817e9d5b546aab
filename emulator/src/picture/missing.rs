//! The reasons why a picture could not be loaded.

use crate::body::Unread;

/// The largest picture file, in bytes.
pub(crate) const LARGEST: usize = 20 << 20;

/// The reason why a picture could not be loaded.
#[derive(Debug)]
pub(crate) enum Missing {
    /// It is larger than [`LARGEST`].
    TooLarge,
    /// It could not be fetched, or must not be fetched.
    NotReachable(String),
    /// Its data URI is not valid.
    NotDecodable(String),
}

impl From<Unread> for Missing {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge(_) => Self::TooLarge,
            Unread::Silent | Unread::Broken => {
                Self::NotReachable("the connection broke".to_owned())
            }
        }
    }
}
