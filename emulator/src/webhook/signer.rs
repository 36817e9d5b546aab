//! Signs deliveries, and publishes the key that verifies them (protocol §11.3).
//!
//! The signature is ring's. The text that is signed, and its headers, are fal.ai's own, which no crate has.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::error::KeyRejected;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::random;

/// The id of the emulator's only account.
const USER_ID: &str = "emulator";

/// A signing key, new at every start.
#[derive(Debug)]
pub(super) struct Signer(Ed25519KeyPair);

impl Signer {
    pub(super) fn new() -> Result<Self, KeyRejected> {
        Ok(Self(Ed25519KeyPair::from_seed_unchecked(
            &random::bytes::<32>(),
        )?))
    }

    /// The four headers that sign a delivery. `timestamp` is in Unix seconds.
    pub(super) fn headers(&self, request_id: &str, timestamp: u64, body: &[u8]) -> HeaderMap {
        let timestamp = timestamp.to_string();
        let message = message(request_id, &timestamp, body);
        let signature = random::to_hex(self.0.sign(message.as_bytes()).as_ref());
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-fal-webhook-request-id", request_id),
            ("x-fal-webhook-user-id", USER_ID),
            ("x-fal-webhook-timestamp", &timestamp),
            ("x-fal-webhook-signature", &signature),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers
    }

    /// The public key, in a JSON Web Key Set.
    pub(super) fn jwks(&self) -> Value {
        let public = URL_SAFE_NO_PAD.encode(self.0.public_key());
        json!({ "keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": "EdDSA",
            "kid": "emulator",
            "x": public,
        }] })
    }
}

fn message(request_id: &str, timestamp: &str, body: &[u8]) -> String {
    let digest = random::to_hex(digest(&SHA256, body).as_ref());
    [request_id, USER_ID, timestamp, &digest].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_the_documented_one() {
        // The output of: printf '{}' | sha256sum
        let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let expected = format!("id\nemulator\n1700000000\n{digest}");
        assert_eq!(message("id", "1700000000", b"{}"), expected);
    }

    #[test]
    fn nothing_shown_of_it_has_the_secret() {
        let signer = Signer::new().expect("a key");
        assert!(format!("{signer:?}").contains("public_key"));
    }
}
