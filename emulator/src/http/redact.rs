//! Removes the secrets from requests that are shown to people.

use std::borrow::Cow;

use axum::http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use axum::http::{HeaderName, HeaderValue};
use url::form_urlencoded;

/// The text in place of a secret.
const PRESENT: &str = "present";
/// The query parameter of a short-lived token.
const TOKEN: &str = "fal_jwt_token";
/// The suffixes of custom headers that hold secrets.
const SECRET_ENDS: [&str; 4] = ["-key", "-token", "-secret", "-authorization"];

/// The value of a header, with its secrets replaced.
pub(crate) fn redact_header<'a>(name: &HeaderName, value: &'a HeaderValue) -> Cow<'a, str> {
    if is_secret(name) {
        return PRESENT.into();
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    // A URL, such as the proxy's target or a referrer.
    match text.split_once('?') {
        Some((url, query)) => format!("{url}?{}", redact_query(query)).into(),
        None => text,
    }
}

/// A query, with the token in it replaced.
pub(crate) fn redact_query(query: &str) -> String {
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_token(name) => Cow::from(format!("{TOKEN}={PRESENT}")),
        _ => Cow::from(pair),
    });
    shown.collect::<Vec<_>>().join("&")
}

fn is_secret(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        || SECRET_ENDS.iter().any(|end| name.as_str().ends_with(end))
}

/// Whether a parameter's name is that of the token. It is decoded first, as the service decodes it.
fn is_token(name: &str) -> bool {
    let mut decoded = form_urlencoded::parse(name.as_bytes());
    decoded.next().is_some_and(|(name, _)| name == TOKEN)
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_left_out_also_where_its_name_is_encoded() {
        for name in ["fal_jwt_token", "fal%5Fjwt_token", "%66al_jwt_token"] {
            let shown = redact_query(&format!("a=%20b&{name}=hush"));
            assert_eq!(shown, "a=%20b&fal_jwt_token=present");
        }
    }

    #[test]
    fn secrets_in_headers_are_said_to_be_present() {
        for (name, value, shown) in [
            ("authorization", "Key id:hush", "present"),
            ("cookie", "session=hush", "present"),
            ("x-api-key", "hush", "present"),
            ("x-csrf-token", "hush", "present"),
            (
                "x-fal-target-url",
                "https://fal.run/a/b/stream?x=1&fal_jwt_token=hush",
                "https://fal.run/a/b/stream?x=1&fal_jwt_token=present",
            ),
            (
                "referer",
                "http://localhost/?fal_jwt_token=hush",
                "http://localhost/?fal_jwt_token=present",
            ),
            ("x-fal-queue-priority", "low", "low"),
        ] {
            let name: HeaderName = name.parse().expect("a name");
            let value = HeaderValue::from_static(value);
            assert_eq!(redact_header(&name, &value), shown, "{name}");
        }
    }
}
