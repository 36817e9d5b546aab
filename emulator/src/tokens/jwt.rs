//! JSON Web Tokens, signed with HMAC-SHA-256 (RFC 7519, RFC 7515).
//!
//! Written by hand: one algorithm, with ring's HMAC. A crate for all of them would bring its own cryptography.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::random;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Signs tokens, and verifies its own signatures.
#[derive(Debug)]
pub(super) struct Signer(hmac::Key);

impl Default for Signer {
    fn default() -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &random::bytes::<32>()))
    }
}

impl Signer {
    pub(super) fn sign(&self, claims: &impl Serialize) -> String {
        // Claims are plain data, so serialising them does not fail.
        let claims = serde_json::to_string(claims).unwrap_or_default();
        let signed = format!("{}.{}", encoded(HEADER), encoded(claims));
        let signature = hmac::sign(&self.0, signed.as_bytes());
        format!("{signed}.{}", encoded(signature))
    }

    /// The claims of a token. `None` if this key did not sign it, or if it was changed.
    pub(super) fn open<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = decoded(signature)?;
        hmac::verify(&self.0, signed.as_bytes(), &signature).ok()?;
        let (header, claims) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
        if header["alg"] != "HS256" {
            return None;
        }
        serde_json::from_slice(&decoded(claims)?).ok()
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_known_again_by_its_signer_alone() {
        let own = Signer::default();
        let claims = json!({"allowed_apps": ["a"]});
        let token = own.sign(&claims);
        assert!(token.starts_with("eyJ"), "{token}");
        assert_eq!(own.open::<Value>(&token), Some(claims));
        assert_eq!(Signer::default().open::<Value>(&token), None);
    }

    #[test]
    fn a_token_that_was_changed_is_no_token() {
        let own = Signer::default();
        let token = own.sign(&json!({"exp": 1}));
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let forged = encoded(r#"{"exp":9}"#);
        let unsigned = format!("{}.{forged}.", encoded(r#"{"alg":"none"}"#));
        for wrong in [
            format!("{}.{forged}.{signature}", encoded(HEADER)),
            format!("{signed}."),
            signed.to_owned(),
            unsigned,
            String::new(),
            "..".to_owned(),
            "é.é.é".to_owned(),
        ] {
            assert_eq!(own.open::<Value>(&wrong), None, "{wrong}");
        }
    }
}
