//! Generated paths, and the services that they lead to.

use axum::http::Method;
use proptest::prelude::*;

use super::Door;
use crate::hostile::{self, quickly};
use crate::protocol::Service;

proptest! {
    #[test]
    fn a_door_is_the_first_segment_of_its_path_or_none_of_it(
        path in hostile::text(&["/queue.fal.run/a/b/c", "/v3b.fal.media/files/b/x", "/files/b/0/x", "/a/b/requests/id/status", "/tokens/", "*"]),
        is_get in any::<bool>(),
    ) {
        let method = if is_get { Method::GET } else { Method::POST };
        let Some(door) = quickly(|| Door::of(&method, &path)) else { return Ok(()) };
        let rest = path.strip_prefix(door.prefix).expect("its beginning");
        prop_assert!(rest.is_empty() || door.prefix.is_empty() || rest.starts_with('/'), "{}", rest);
        if let Some(host) = door.prefix.strip_prefix('/') {
            prop_assert_eq!(Service::of_host(host), Some(door.service));
        }
    }
}
