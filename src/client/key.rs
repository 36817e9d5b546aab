//! Where the key goes. [`attach`] is the only function that adds it to a request.

use std::{fmt, sync::Arc};

use super::{error::Error, middleware::OutgoingRequest, page};
use crate::{engine::Access, host::is_fal_url};

/// The key, or a function that gives it.
#[derive(Clone)]
pub(super) struct Key(Arc<dyn Fn() -> Option<String> + Send + Sync>);

impl Key {
    pub(super) fn new(give: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(give))
    }
}

/// A key does not show up in logs.
impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

/// Adds the key to a request that may see it: one to a host of fal's, or one that the caller's own proxy
/// or middleware sends elsewhere, over a connection that nobody can read. `target` is the URL before
/// the middleware. Configuration is trusted, data is not: if data named another target than fal, no
/// route gets the key.
pub(super) fn attach(
    key: Option<&Key>,
    access: Access,
    target: &str,
    request: &mut OutgoingRequest,
) -> Result<(), Error> {
    let is_routed = request.url != target;
    let may_see = access == Access::Key
        && (is_fal_url(&request.url) || (is_routed && is_confidential(&request.url)));
    let Some(key) = key.filter(|_| may_see).and_then(|key| (key.0)()) else {
        return Ok(());
    };
    check(&key)?;
    request.set_default_header("Authorization", &["Key ", &key].concat());
    Ok(())
}

/// A header that cannot be built would quote the key in its error.
fn check(key: &str) -> Result<(), Error> {
    if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let problem = "a key is printable ASCII, without spaces or line breaks";
    Err(Error::argument("key", problem))
}

/// Whether nobody on the way can read a request to this URL: over `https`, to the page's own origin, or
/// to this machine.
fn is_confidential(url: &str) -> bool {
    let Some(url) = page::resolve_url(url) else {
        return false;
    };
    let is_own = || page::origin().as_deref() == Some(&url.origin());
    match url.protocol().as_str() {
        "https:" => true,
        "http:" => is_own() || is_loopback(&url.hostname()),
        _ => false,
    }
}

fn is_loopback(host: &str) -> bool {
    let is_address = || {
        let mut parts = host.split('.');
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        parts.next() == Some("127") && parts.clone().count() == 3 && parts.all(is_number)
    };
    host == "[::1]" || host == "localhost" || host.ends_with(".localhost") || is_address()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "https://queue.fal.run/a/b";

    fn attached(key: &str, access: Access, target: &str) -> Result<Option<String>, Error> {
        let key = key.to_owned();
        let key = Key::new(move || Some(key.clone()));
        let mut request = OutgoingRequest {
            method: "GET".into(),
            url: target.into(),
            headers: Vec::new(),
        };
        attach(Some(&key), access, target, &mut request)?;
        Ok(request.header("authorization").map(Into::into))
    }

    #[test]
    fn the_key_goes_to_fals_hosts_if_the_engine_says_so() {
        let given = attached("k:1", Access::Key, TARGET).expect("no problem");
        assert_eq!(given.as_deref(), Some("Key k:1"));
        for (access, target) in [
            (Access::Presigned, TARGET),
            (Access::NoKey, TARGET),
            (Access::Key, "https://notfal.run/a/b"),
        ] {
            assert_eq!(
                attached("k:1", access, target).expect("no problem"),
                None,
                "{target}"
            );
        }
    }

    #[test]
    fn a_key_that_is_none_is_refused_without_being_quoted() {
        for key in ["", "a b", "a\nb", "é"] {
            let error = attached(key, Access::Key, TARGET).expect_err("no key");
            assert!(
                key.is_empty() || !error.to_string().contains(key),
                "{error}"
            );
        }
        assert!(
            attached("a b", Access::Presigned, TARGET).is_ok(),
            "it is not asked for"
        );
    }

    #[test]
    fn keys_do_not_show_up_in_logs() {
        assert_eq!(
            format!("{:?}", Key::new(|| Some("secret".into()))),
            "Key(…)"
        );
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for host in ["localhost", "app.localhost", "127.0.0.1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "127.0.0.1.evil",
            "128.0.0.1",
            "localhost.evil",
            "127.1",
            "127.a.b.c",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
