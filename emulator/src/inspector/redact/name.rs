//! Recognises secrets by their names: of headers, query parameters and fields.

/// The text in the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// A name that contains one of these is a secret's.
const PARTS: [&str; 10] = [
    "authorization",
    "cookie",
    "password",
    "passwd",
    "secret",
    "apikey",
    "accesskey",
    "signature",
    "credential",
    "jwt",
];

/// Whole names of secrets, which are too short to be searched for within other names.
const NAMES: [&str; 4] = ["key", "falkey", "sig", "session"];

/// Whether values of this name are secrets.
pub(super) fn is_secret(name: &str) -> bool {
    let plain = |c: &char| c.is_ascii_alphanumeric();
    let name: String = name.chars().filter(plain).collect();
    let name = name.to_ascii_lowercase();
    // Only at the end: "max_tokens" is a number of tokens, not a secret.
    name.ends_with("token")
        || NAMES.contains(&name.as_str())
        || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_in_every_spelling_and_other_names_are_left() {
        for name in [
            "Authorization",
            "set-cookie",
            "fal_jwt_token",
            "accessToken",
            "X-Amz-Signature",
            "X-Amz-Security-Token",
            "api_key",
            "FAL_KEY",
            "key",
            "client_secret",
            "x-fal-webhook-signature",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "max_tokens",
            "prompt",
            "keyframes",
            "monkey",
            "x-fal-request-id",
            "etag",
            "design",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
