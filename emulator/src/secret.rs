//! The fal.ai key. It can be read only as the value of the header that it is sent in.

use std::fmt;

use axum::http::HeaderValue;

/// A long-lived fal.ai key. Its `Debug` form does not show it.
#[derive(Clone)]
pub struct Key(HeaderValue);

impl Key {
    /// Takes a key in the form `<id>:<secret>`. `None` if it cannot be sent in a header.
    pub fn new(key: &str) -> Option<Self> {
        let mut header = HeaderValue::from_str(&format!("Key {}", key.trim())).ok()?;
        header.set_sensitive(true);
        Some(Self(header))
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_and_never_shown() {
        let key = Key::new(" id:hush\n").expect("usable");
        assert_eq!(key.authorization(), "Key id:hush");
        let shown = format!("{key:?} {:?}", key.authorization());
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn a_key_that_fits_no_header_is_refused() {
        assert!(Key::new("id:hu\nsh").is_none());
    }
}
