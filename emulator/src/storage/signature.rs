//! Signed upload URLs and tokens. With an upload URL, a caller may upload one file until the URL expires. The signature is
//! in the query, as on the service. With a token, a caller may upload any file.

use ring::hmac;

use crate::{clock, random};

/// The lifetime of an upload URL, in seconds.
pub(super) const LIFETIME: u64 = 3600;

/// The lifetime of a token, in seconds. The service's tokens live about as long (protocol §9.4).
pub(super) const TOKEN_LIFETIME: u64 = 30 * 86_400;

/// The text that a token signs in place of a path. It differs from every path, as these begin with a slash.
const ANY_FILE: &str = "any file";

/// A signing key, new at every start.
#[derive(Debug)]
pub(super) struct Signer(hmac::Key);

impl Signer {
    pub(super) fn new() -> Self {
        let secret = random::bytes::<32>();
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    /// The query that makes `path` an upload URL.
    pub(super) fn query(&self, path: &str) -> String {
        let expires = clock::unix_seconds() + LIFETIME;
        let tag = hmac::sign(&self.0, message(path, expires).as_bytes());
        format!(
            "expires={expires}&signature={}",
            random::to_hex(tag.as_ref())
        )
    }

    /// A token for direct uploads.
    pub(super) fn token(&self) -> String {
        let expires = clock::unix_seconds() + TOKEN_LIFETIME;
        let tag = hmac::sign(&self.0, message(ANY_FILE, expires).as_bytes());
        format!("{expires}.{}", random::to_hex(tag.as_ref()))
    }

    /// Whether this key signed a token, and it has not expired.
    pub(super) fn knows(&self, token: &str) -> bool {
        let (expires, tag) = token.split_once('.').unzip();
        self.allows(ANY_FILE, expires, tag)
    }

    /// Whether this key signed a query for `path`, and it has not expired.
    pub(super) fn allows(
        &self,
        path: &str,
        expires: Option<&str>,
        signature: Option<&str>,
    ) -> bool {
        let expires = expires.and_then(|seconds| seconds.parse().ok());
        let (Some(expires), Some(tag)) = (expires, signature.and_then(from_hex)) else {
            return false;
        };
        let message = message(path, expires);
        expires >= clock::unix_seconds() && hmac::verify(&self.0, message.as_bytes(), &tag).is_ok()
    }
}

fn message(path: &str, expires: u64) -> String {
    format!("{path}\n{expires}")
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|c| c.to_digit(16)).collect();
    let pairs = digits?;
    let (pairs, rest) = pairs.as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| u8::try_from(high << 4 | low));
    rest.is_empty()
        .then(|| bytes.collect::<Result<_, _>>().ok())?
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(signer: &Signer, path: &str, query: &str) -> bool {
        let (expires, signature) = query.split_once('&').expect("two parameters");
        signer.allows(
            path,
            expires.strip_prefix("expires="),
            signature.strip_prefix("signature="),
        )
    }

    #[test]
    fn a_signature_is_good_for_its_own_path_and_key() {
        let signer = Signer::new();
        let query = signer.query("/files/b/x");
        assert!(allows(&signer, "/files/b/x", &query));
        assert!(!allows(&signer, "/files/b/y", &query));
        assert!(!allows(&Signer::new(), "/files/b/x", &query));
    }

    #[test]
    fn a_token_is_good_for_its_own_key_and_is_no_signature() {
        let signer = Signer::new();
        let token = signer.token();
        assert!(signer.knows(&token));
        assert!(!Signer::new().knows(&token));
        assert!(!signer.knows("") && !signer.knows(".") && !signer.knows(&format!("9{token}")));
        let (expires, tag) = token.split_once('.').expect("two parts");
        assert!(!signer.allows("/files/b/x", Some(expires), Some(tag)));
    }

    #[test]
    fn a_signature_that_was_changed_is_refused() {
        let signer = Signer::new();
        let query = signer.query("/p");
        for forged in [
            query.replace("expires=", "expires=9"),
            format!("{query}0"),
            format!("{query}0g"),
            "expires=1&signature=".to_owned(),
        ] {
            assert!(!allows(&signer, "/p", &forged), "{forged}");
        }
        assert!(!signer.allows("/p", None, None));
    }
}
