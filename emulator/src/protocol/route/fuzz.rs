//! Generated paths on the queue's host, and the paths of this project's client.

use fal_wasm::endpoint::{EndpointId, RequestId};
use proptest::prelude::*;

use super::{Action, Route, alias, base};
use crate::hostile::{self, quickly};

fn paths() -> impl Strategy<Value = String> {
    hostile::text(&[
        "/fal-ai/kandinsky5-pro/image-to-video",
        "/acme/app/requests/id-1/status/stream",
        "/workflows/acme/flow/requests/id-1/response/",
        "/acme/requests/requests/id-1/cancel",
        "/comfy/a/b/c/requests/1/elsewhere",
    ])
}

fn ids() -> impl Strategy<Value = String> {
    hostile::text(&[
        "fal-ai/kandinsky5-pro/image-to-video",
        "acme/requests",
        "workflows/acme/flow/v2",
        "1234-app",
    ])
}

proptest! {
    #[test]
    fn a_route_is_made_of_its_path(path in paths()) {
        match quickly(|| Route::of(&path)) {
            None => prop_assert!(path.trim_matches('/').is_empty()),
            Some(Route::Submit(id)) => {
                let trimmed = path.trim_start_matches('/');
                prop_assert_eq!(trimmed.strip_suffix('/').unwrap_or(trimmed), id);
            }
            Some(Route::FollowUp { app, request_id, .. }) => {
                prop_assert!(!request_id.contains('/'));
                prop_assert!(base(app).is_some_and(|base| app.starts_with(base)), "{}", app);
                let start = format!("{app}/requests/{request_id}");
                prop_assert!(path.trim_start_matches('/').starts_with(&start), "{}", start);
            }
        }
    }

    #[test]
    fn the_clients_urls_are_understood_as_it_means_them(id in ids(), request in hostile::text(&["id-1", "0b6c1d1e-6b57"])) {
        let Some(id) = EndpointId::parse(&id) else { return Ok(()) };
        prop_assert_eq!(base(id.as_str()), Some(id.base_app()));
        prop_assert_eq!(alias(id.as_str()), id.alias());
        let Some(request_id) = RequestId::parse(&request) else { return Ok(()) };
        for (suffix, action) in [("", Action::Result), ("/status", Action::Status), ("/status/stream", Action::StatusStream), ("/cancel", Action::Cancel)] {
            let url = id.request_url(&request_id, suffix);
            let path = url.strip_prefix("https://queue.fal.run").expect("on the queue");
            let expected = Route::FollowUp { app: id.base_app(), request_id: &request, action };
            prop_assert_eq!(Route::of(path), Some(expected));
        }
    }
}
