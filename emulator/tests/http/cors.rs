//! Without a key, every page may call the emulator, as every page may call fal.ai.

use crate::common::{Emulator, PROXY, T2V};

const PAGE: &str = "https://app.example";

#[tokio::test]
async fn a_preflight_allows_what_it_asks_for() {
    let emulator = Emulator::start().await;
    for path in [PROXY, "/files/b/x", &format!("/queue.fal.run/{T2V}")] {
        let asked = "authorization,content-type,x-fal-target-url";
        let headers = [
            ("origin", PAGE),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", asked),
        ];
        let reply = emulator.send("OPTIONS", path, &headers, "").await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-allow-headers"), Some(asked));
        let methods = reply.header("access-control-allow-methods").unwrap();
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            assert!(methods.contains(method), "{methods}");
        }
        assert!(reply.headers.contains_key("access-control-max-age"));
        assert_eq!(reply.header("access-control-allow-credentials"), None);
    }
}

#[tokio::test]
async fn answers_expose_the_headers_that_clients_read() {
    let emulator = Emulator::start().await;
    let headers = [("origin", PAGE)];
    let reply = emulator
        .send("POST", &format!("/{T2V}"), &headers, "{}")
        .await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("vary"), Some("origin"));
    let exposed = reply.header("access-control-expose-headers").unwrap();
    for name in [
        "x-fal-request-id",
        "x-fal-error-type",
        "x-fal-needs-retry",
        "x-fal-request-timeout-type",
        "x-fal-billable-units",
        "retry-after",
        "etag",
        "content-length",
        "content-range",
    ] {
        assert!(exposed.contains(name), "{name}");
    }
    let error = emulator.send("POST", PROXY, &headers, "").await;
    assert_eq!(error.status, 400);
    assert_eq!(error.header("access-control-allow-origin"), Some("*"));
}
