//! Targets that hostile pages name. Only runs, the queue, uploads and tokens pass.

use std::sync::LazyLock;

use axum::http::Method;
use proptest::prelude::*;
use url::Url;

use super::Allowed;
use crate::hostile::{self, quickly};
use crate::options::Options;

static ALLOWED: LazyLock<Allowed> = LazyLock::new(|| Allowed::by(&Options::default()));

fn targets() -> impl Strategy<Value = String> {
    hostile::text(&[
        "https://queue.fal.run/fal-ai/x/requests/1/status?logs=1",
        "https://fal.run/fal-ai/x",
        "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
        "https://rest.fal.ai/tokens/",
        "https://rest.fal.ai/keys/",
        "https://api.fal.ai/v1/keys",
        "https://rest.fal.ai/tokens/../keys/",
    ])
}

fn passes(target: &str) -> Option<Url> {
    let url = Url::parse(target).ok()?;
    ALLOWED.check(&Method::POST, &url).ok().map(|()| url)
}

#[test]
fn mixed_targets_pass_and_do_not() {
    hostile::assert_mixed(&targets(), |target| passes(&target).is_some());
}

proptest! {
    #[test]
    fn what_passes_manages_no_keys_and_no_money(target in targets()) {
        let Some(url) = quickly(|| passes(&target)) else { return Ok(()) };
        let is_known = match url.host_str() {
            Some("fal.run" | "queue.fal.run") => true,
            Some("rest.fal.ai") => match url.path() {
                "/tokens/" | "/tokens/realtime" => url.query().is_none(),
                path => path.starts_with("/storage/upload/") && url.query() == Some("storage_type=fal-cdn-v3"),
            },
            _ => false,
        };
        prop_assert!(is_known, "{}", url);
        prop_assert!(ALLOWED.check(&Method::DELETE, &url).is_err());
    }
}
