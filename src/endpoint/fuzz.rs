//! Ids of endpoints and requests, from hostile callers.

use proptest::prelude::*;
use url::Url;

use super::{EndpointId, RequestId};
use crate::hostile::{self, quickly};

fn ids() -> impl Strategy<Value = String> {
    hostile::text(&[
        "fal-ai/kandinsky5-pro/image-to-video",
        "acme/app",
        "workflows/acme/flow/v2",
        "comfy/acme/graph",
        "1234-my-app",
        "https://queue.fal.run/acme/app/v1",
        "https://fal.run/acme/app/stream",
        "https://user:pw@queue.fal.run:443/acme/app?x=1#y",
        "acme/app/../../other",
    ])
}

fn requests() -> impl Strategy<Value = String> {
    hostile::text(&["0b6c1d1e-6b57-4d29-9f5e-5d2f0a0f1c11", "r", "a.b~c_d"])
}

/// The path of a URL that a URL library reads as it is written, with nothing beside the path.
fn plain_path(built: &str) -> String {
    let url = Url::parse(built).expect("a URL");
    assert_eq!(url.scheme(), "https");
    let host = url.host_str().expect("a host");
    let written = built.get("https://".len()..).expect("longer");
    assert!(
        written
            .get(..host.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(host)),
        "{built}"
    );
    assert_eq!(written.get(host.len()..), Some(url.path()), "{built}");
    assert!(["fal.run", "fal.ai", "fal.media"].iter().any(|fal| {
        host.strip_suffix(fal)
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }));
    url.path().to_owned()
}

#[test]
fn mixed_ids_are_accepted_and_refused() {
    hostile::assert_mixed(&ids(), |id| EndpointId::parse(&id).is_some());
    hostile::assert_mixed(&requests(), |id| RequestId::parse(&id).is_some());
}

proptest! {
    #[test]
    fn an_endpoint_id_leads_to_its_own_path_on_fals_hosts(id in ids()) {
        let Some(parsed) = quickly(|| EndpointId::parse(&id)) else { return Ok(()) };
        let full = parsed.as_str();
        let rest = full.strip_prefix(parsed.base_app()).expect("the base begins the id");
        prop_assert!(rest.is_empty() || rest.starts_with('/'), "{}", rest);
        prop_assert_eq!(parsed.base_app().rsplit('/').next(), Some(parsed.alias()));
        prop_assert!(!parsed.alias().is_empty());
        let submit = plain_path(&parsed.submit_url());
        prop_assert_eq!(submit.trim_matches('/'), full);
        let run = plain_path(&parsed.run_url());
        prop_assert_eq!(run.trim_matches('/'), full);
        let stream = plain_path(&parsed.stream_url());
        prop_assert!(stream.starts_with(&format!("/{full}")), "{}", stream);
        prop_assert_eq!(stream.trim_end_matches('/').rsplit('/').next(), Some("stream"));
        let again = EndpointId::parse(full).expect("an id itself");
        prop_assert_eq!((again.as_str(), again.base_app()), (full, parsed.base_app()));
    }

    #[test]
    fn a_request_stays_one_segment_of_the_queues_path(id in ids(), request in requests()) {
        let (Some(endpoint), Some(parsed)) = (EndpointId::parse(&id), quickly(|| RequestId::parse(&request))) else {
            return Ok(());
        };
        for suffix in ["", "/status", "/cancel"] {
            let built = endpoint.request_url(&parsed, suffix);
            let path = format!("/{}/requests/{request}{suffix}", endpoint.base_app());
            prop_assert_eq!(plain_path(&built), path);
            prop_assert!(built.starts_with("https://queue.fal.run/"));
        }
    }
}
