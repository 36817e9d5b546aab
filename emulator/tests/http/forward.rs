//! Forward mode: a proxy with a key, and a second emulator in place of fal.ai.

use std::time::{Duration, Instant};

use fal_emulator::{Key, Options, Pattern};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::common::{Emulator, I2V, PROXY, T2V, options};

const SECRET: &str = "id:hush-hush";

fn forwarding(upstream: &str) -> Options {
    Options {
        key: Key::new(SECRET),
        upstream: Some(Url::parse(upstream).unwrap()),
        allow_origins: vec![Url::parse("https://app.example").unwrap()],
        ..options()
    }
}

async fn forwarding_to(upstream: &str) -> Emulator {
    Emulator::with(forwarding(upstream)).await
}

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts
        .iter()
        .map(|text| Pattern::parse(text).unwrap())
        .collect()
}

#[tokio::test]
async fn the_key_goes_up_and_never_comes_down() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let target = format!("https://queue.fal.run/{T2V}?x=%26");
    let headers = [
        ("x-fal-target-url", target.as_str()),
        ("content-type", "application/json"),
        ("accept", "text/event-stream"),
        ("x-fal-queue-priority", "low"),
        ("cookie", "session=1"),
        ("referer", "http://localhost/page"),
    ];
    let reply = proxy.send("POST", PROXY, &headers, "{\"prompt\":3}").await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("x-fal-request-id").is_some());
    let id = reply.json()["request_id"].as_str().unwrap().to_owned();
    assert!(!format!("{reply:?} {:?}", proxy.server).contains("hush"));

    let got = &upstream.requests().await[0];
    assert_eq!(got["path"], format!("/queue.fal.run/{T2V}"));
    assert_eq!(got["query"], "x=%26");
    assert_eq!(got["body"], json!({"prompt": 3}));
    let sent = &got["headers"];
    assert_eq!(sent["authorization"], "present");
    assert_eq!(sent["accept"], "text/event-stream");
    assert_eq!(sent["x-fal-queue-priority"], "low");
    assert_eq!(sent["x-fal-client-proxy"], "fal-emulator/0.1.0");
    assert_eq!(sent.get("cookie"), None);
    assert_eq!(sent.get("referer"), None);

    let status = format!(
        "https://queue.fal.run/{}/requests/{id}/status",
        crate::common::PRO
    );
    let status = proxy.proxied("GET", &status, &Value::Null).await;
    assert_eq!(status.json()["status"], "COMPLETED");
    let cancel = format!(
        "https://queue.fal.run/{}/requests/{id}/cancel",
        crate::common::PRO
    );
    let cancel = proxy.proxied("PUT", &cancel, &Value::Null).await;
    assert_eq!(
        (cancel.status.as_u16(), cancel.json()["status"].as_str()),
        (400, Some("ALREADY_COMPLETED"))
    );
    assert_eq!(proxy.get("/api/emulator").await.json()["mode"], "forward");
}

#[tokio::test]
async fn a_callers_own_key_is_passed_on() {
    let (listener, upstream) = listen().await;
    let proxy = forwarding_to(&upstream).await;
    let received = tokio::spawn(async move {
        answer(&listener, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await
    });
    let headers = [
        ("x-fal-target-url", "https://queue.fal.run/a/b"),
        ("authorization", "Key their:own"),
    ];
    proxy.send("POST", PROXY, &headers, "").await;
    let received = received.await.unwrap();
    assert!(
        received.contains("authorization: Key their:own\r\n"),
        "{received}"
    );
    assert!(!received.contains("hush"));
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, origin)
}

/// Answers one request with raw bytes, and returns the request.
async fn answer(listener: &TcpListener, answer: &[u8]) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut received = vec![0; 8192];
    let read = stream.read(&mut received).await.unwrap();
    stream.write_all(answer).await.unwrap();
    String::from_utf8_lossy(&received[..read]).into_owned()
}

#[tokio::test]
async fn answers_arrive_as_they_are_made() {
    let (listener, upstream) = listen().await;
    let proxy = forwarding_to(&upstream).await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 8192]).await;
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        stream
            .write_all(format!("{head}data: 1\n\n").as_bytes())
            .await
            .unwrap();
        // Keeps the answer open, so that the proxy must pass the first event on before the answer ends.
        let _ = stream.read(&mut [0; 1]).await;
    });
    let mut client = TcpStream::connect(proxy.server.address()).await.unwrap();
    let request = format!(
        "POST {PROXY} HTTP/1.1\r\nhost: localhost\r\nx-fal-target-url: https://fal.run/a/b/stream\r\ncontent-length: 0\r\n\r\n"
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    let reading = async {
        while !seen.contains("data: 1\n\n") {
            let mut piece = [0; 1024];
            let read = client.read(&mut piece).await.unwrap();
            assert_ne!(read, 0, "ended early: {seen}");
            seen.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    };
    let first = tokio::time::timeout(Duration::from_secs(5), reading).await;
    assert!(first.is_ok(), "the first event was held back: {seen}");
    assert!(seen.contains("content-type: text/event-stream"));
}

#[tokio::test]
async fn what_belongs_to_the_other_connection_stays_there() {
    let (listener, upstream) = listen().await;
    let proxy = forwarding_to(&upstream).await;
    tokio::spawn(async move {
        let head = "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://evil.example/\r\n\
            set-cookie: a=1\r\naccess-control-allow-origin: https://evil.example\r\n\
            access-control-allow-credentials: true\r\nkeep-alive: timeout=5\r\n\
            connection: keep-alive, x-fal-hop\r\nx-fal-hop: 1\r\n\
            refresh: 0;url=https://evil.example/\r\nwww-authenticate: Basic\r\n\
            clear-site-data: \"*\"\r\nservice-worker-allowed: /\r\n\
            content-security-policy: script-src *\r\nlink: </x>; rel=preload\r\n\
            x-fal-request-id: r1\r\ncontent-length: 2\r\n\r\nhi";
        answer(&listener, head.as_bytes()).await
    });
    let reply = proxy
        .proxied("GET", "https://queue.fal.run/a/b", &Value::Null)
        .await;
    // The proxy does not follow a redirect with the key, but returns it to the caller.
    assert_eq!(reply.status, 307);
    assert_eq!(reply.body, "hi");
    assert_eq!(reply.header("x-fal-request-id"), Some("r1"));
    for name in [
        "set-cookie",
        "access-control-allow-credentials",
        "keep-alive",
        "connection",
        "x-fal-hop",
        "refresh",
        "www-authenticate",
        "clear-site-data",
        "service-worker-allowed",
        "link",
    ] {
        assert_eq!(reply.header(name), None, "{name}");
    }
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("content-security-policy"), Some("sandbox"));
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_a_502_that_says_so() {
    let (listener, upstream) = listen().await;
    drop(listener);
    let proxy = forwarding_to(&upstream).await;
    let reply = proxy
        .proxied("GET", "https://queue.fal.run/a/b", &Value::Null)
        .await;
    assert_eq!(reply.status, 502);
    assert!(
        reply.detail().contains("could not reach queue.fal.run"),
        "{}",
        reply.detail()
    );
}

#[tokio::test]
async fn look_alike_targets_never_see_the_key() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    for target in [
        "https://notfal.run/x",
        "https://fal.run.evil.com/x",
        "http://queue.fal.run/x",
        "https://user@fal.run/x",
        "https://fal.run:8443/x",
        "https://evil.com\\.fal.run/x",
    ] {
        assert_eq!(
            proxy.proxied("GET", target, &Value::Null).await.status,
            400,
            "{target}"
        );
    }
    assert!(upstream.requests().await.is_empty());
    proxy
        .proxied("GET", "https://fal.run/x/y", &Value::Null)
        .await;
    assert_eq!(upstream.requests().await.len(), 1);
}

#[tokio::test]
async fn what_manages_keys_or_money_is_not_forwarded_and_the_refusal_says_what_would() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    for (method, target, part) in [
        ("GET", "https://api.fal.ai/v1/keys", "--allow-url"),
        ("POST", "https://api.fal.ai/v1/keys", "--allow-url"),
        ("GET", "https://rest.fal.ai/keys/", "--allow-url"),
        ("POST", "https://rest.fal.ai/tokens/../keys/", "--allow-url"),
        ("GET", "https://key.gateway.alpha.fal.ai/", "--allow-url"),
        ("GET", "https://v3.fal.media/files/b/x", "--allow-url"),
        (
            "DELETE",
            "https://queue.fal.run/a/b/requests/1",
            "--allow-delete",
        ),
    ] {
        let reply = proxy.proxied(method, target, &Value::Null).await;
        assert_eq!(reply.status, 400, "{method} {target}");
        let detail = reply.detail();
        assert!(detail.contains(part), "{method} {target}: {detail}");
    }
    assert!(upstream.requests().await.is_empty());
}

#[tokio::test]
async fn what_the_clients_of_fal_call_is_forwarded() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let storage = "https://rest.fal.ai/storage/upload";
    for (method, target) in [
        ("POST", "https://fal.run/a/b".to_owned()),
        ("POST", "https://queue.fal.run/a/b/c".to_owned()),
        (
            "PUT",
            "https://queue.fal.run/a/b/requests/1/cancel".to_owned(),
        ),
        (
            "POST",
            format!("{storage}/initiate?storage_type=fal-cdn-v3"),
        ),
        (
            "POST",
            format!("{storage}/initiate-multipart?storage_type=fal-cdn-v3"),
        ),
        ("POST", "https://rest.fal.ai/tokens/".to_owned()),
    ] {
        let before = upstream.requests().await.len();
        proxy.proxied(method, &target, &json!({})).await;
        assert_eq!(upstream.requests().await.len(), before + 1, "{target}");
    }
}

#[tokio::test]
async fn more_and_less_is_forwarded_if_the_user_says_so() {
    let upstream = Emulator::start().await;
    let proxy = Emulator::with(Options {
        allow_urls: patterns(&["v3.fal.media/files/**", "api.fal.ai/v1/models"]),
        allow_endpoints: patterns(&["fal-ai/kandinsky5*/**"]),
        allow_delete: true,
        ..forwarding(&upstream.origin())
    })
    .await;
    for (method, target, is_forwarded) in [
        ("GET", "https://v3.fal.media/files/b/x", true),
        ("GET", "https://api.fal.ai/v1/models", true),
        ("GET", "https://api.fal.ai/v1/keys", false),
        ("DELETE", "https://queue.fal.run/a/b/requests/1", true),
        (
            "POST",
            "https://queue.fal.run/fal-ai/kandinsky5-pro/text-to-video",
            true,
        ),
        ("POST", "https://queue.fal.run/fal-ai/veo3", false),
        ("GET", "https://fal.run/fal-ai/veo3?prompt=x", false),
        ("POST", "https://rest.fal.ai/tokens/", false),
    ] {
        let before = upstream.requests().await.len();
        let reply = proxy.proxied(method, target, &Value::Null).await;
        let after = upstream.requests().await;
        assert_eq!(after.len() > before, is_forwarded, "{method} {target}");
        assert!(is_forwarded || reply.status == 400, "{method} {target}");
        if target.contains("fal.media") {
            // The hosts of files do not get the key, as files are public.
            assert_eq!(after[before]["headers"].get("authorization"), None);
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_cannot_spend_the_key() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let target = ("x-fal-target-url", "https://queue.fal.run/a/b");
    let port = proxy.server.address().port();
    let other_port = format!("http://127.0.0.1:{}", port ^ 1);
    for headers in [
        [target, ("origin", "https://evil.example")],
        [target, ("origin", "null")],
        [target, ("origin", other_port.as_str())],
        [target, ("origin", "https://app.example.evil.com")],
        [target, ("sec-fetch-site", "cross-site")],
        [target, ("sec-fetch-site", "same-site")],
    ] {
        for method in ["GET", "POST"] {
            for path in [PROXY, "/api/fal/proxy/"] {
                let reply = proxy.send(method, path, &headers, "").await;
                assert_eq!(reply.status, 403, "{method} {headers:?}");
                assert!(reply.detail().contains("spends a key"), "{reply:?}");
            }
        }
    }
    assert!(upstream.requests().await.is_empty());
}

#[tokio::test]
async fn a_page_of_another_origin_reads_why_it_is_refused_and_nothing_else() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let page = "http://localhost:5173";
    let preflight = [
        ("origin", page),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "x-fal-target-url"),
    ];
    let reply = proxy.send("OPTIONS", PROXY, &preflight, "").await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let asked = Some("x-fal-target-url");
    assert_eq!(reply.header("access-control-allow-headers"), asked);

    let target = ("x-fal-target-url", "https://queue.fal.run/a/b");
    let reply = proxy
        .send("POST", PROXY, &[target, ("origin", page)], "{}")
        .await;
    assert_eq!(reply.status, 403);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    let advice = format!("--allow-origin {page}");
    assert!(reply.detail().contains(&advice), "{}", reply.detail());
    assert!(upstream.requests().await.is_empty());
}

#[tokio::test]
async fn other_machines_cannot_spend_the_key_unless_the_user_says_so() {
    let upstream = Emulator::start().await;
    // A development server on this machine forwards a request of another machine.
    let headers = [
        ("x-fal-target-url", "https://queue.fal.run/a/b/c"),
        ("x-forwarded-for", "192.168.1.7"),
    ];
    let proxy = forwarding_to(&upstream.origin()).await;
    let reply = proxy.send("POST", PROXY, &headers, "{}").await;
    assert_eq!(reply.status, 403);
    assert!(reply.detail().contains("--allow-network"), "{reply:?}");
    assert!(upstream.requests().await.is_empty());

    let open = Emulator::with(Options {
        allow_network: true,
        ..forwarding(&upstream.origin())
    })
    .await;
    let reply = open.send("POST", PROXY, &headers, "{}").await;
    assert_eq!(reply.detail(), "Application \"b\" not found");
}

#[tokio::test]
async fn on_every_address_only_this_machine_spends_unless_the_user_says_so() {
    let Some(address) = crate::fault_plan::outward() else {
        return; // No network, nobody else.
    };
    let upstream = Emulator::start().await;
    let target = [("x-fal-target-url", "https://queue.fal.run/a/b/c")];
    for (allow_network, status) in [(false, 403), (true, 404)] {
        let proxy = Emulator::with(Options {
            host: std::net::Ipv4Addr::UNSPECIFIED.into(),
            allow_network,
            ..forwarding(&upstream.origin())
        })
        .await;
        let port = proxy.server.address().port();
        let place = format!("http://{address}:{port}{PROXY}");
        let reply = proxy.send("POST", &place, &target, "{}").await;
        assert_eq!(reply.status, status, "{reply:?}");
        assert!(allow_network || reply.detail().contains("--allow-network"));
        let here = proxy.send("POST", PROXY, &target, "{}").await;
        assert_eq!(here.status, 404, "{here:?}");
    }
}

#[tokio::test]
async fn with_a_key_the_endpoints_for_tests_are_not_there() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let page = "content_type=text/html&text=%3Cscript%3Ealert(1)%3C/script%3E";
    for (method, place) in [
        ("GET", format!("/fal.run/emulator/content?{page}")),
        ("POST", "/fal.run/emulator/content".to_owned()),
        (
            "GET",
            "/fal.run/emulator/stream?content_type=text/html".to_owned(),
        ),
        ("GET", "/fal.run/emulator/stream/stream".to_owned()),
        ("POST", "/fal.run/emulator/echo".to_owned()),
        ("POST", "/emulator/echo".to_owned()),
        ("POST", "/queue.fal.run/emulator/echo".to_owned()),
        ("GET", "/fal.run/emulator/realtime".to_owned()),
    ] {
        let reply = proxy.send(method, &place, &[], "").await;
        assert_eq!(reply.status, 404, "{method} {place}");
        assert!(reply.detail().starts_with("Application"), "{reply:?}");
    }
}

#[tokio::test]
async fn no_cache_keeps_what_the_proxy_answers() {
    let (listener, upstream) = listen().await;
    let proxy = forwarding_to(&upstream).await;
    tokio::spawn(async move {
        let head = "HTTP/1.1 200 OK\r\ncache-control: public, max-age=600\r\n\
            vary: accept\r\ncontent-length: 2\r\n\r\nhi";
        answer(&listener, head.as_bytes()).await
    });
    let forwarded = proxy
        .proxied("GET", "https://queue.fal.run/a/b", &Value::Null)
        .await;
    let emulator = Emulator::start().await;
    let target = format!("https://queue.fal.run/{T2V}");
    let emulated = emulator.proxied("POST", &target, &json!({})).await;
    let refused = emulator
        .proxied("GET", "https://a.example", &Value::Null)
        .await;
    let steering = emulator.get("/api/emulator/requests").await;
    for reply in [forwarded, emulated, refused, steering] {
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply:?}");
    }
}

#[tokio::test]
async fn its_own_page_named_pages_and_programs_can() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let target = ("x-fal-target-url", "https://queue.fal.run/a/b/c");
    let own = proxy.origin();
    for headers in [
        vec![target],
        vec![
            target,
            ("origin", own.as_str()),
            ("sec-fetch-site", "same-origin"),
        ],
        vec![
            target,
            ("origin", "https://app.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        vec![target, ("sec-fetch-site", "same-origin")],
    ] {
        let reply = proxy.send("POST", PROXY, &headers, "{}").await;
        assert_eq!(reply.detail(), "Application \"b\" not found", "{headers:?}");
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    }
}

#[tokio::test]
async fn another_name_for_this_address_is_refused() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    for (host, is_served) in [
        ("evil.example", false),
        ("localhost.evil.example", false),
        ("127.0.0.1.evil.example", false),
        ("192.168.1.7", false),
        ("localhost", true),
        ("127.0.0.1", true),
        ("[::1]", true),
        ("app.example", true),
    ] {
        let port = proxy.server.address().port();
        let request = format!(
            "POST {PROXY} HTTP/1.1\r\nhost: {host}:{port}\r\nx-fal-target-url: https://queue.fal.run/a/b/c\r\ncontent-length: 0\r\n\r\n"
        );
        let answer = proxy.raw(&request).await;
        let status = if is_served {
            "HTTP/1.1 404"
        } else {
            "HTTP/1.1 403"
        };
        assert!(answer.starts_with(status), "{host}: {answer}");
    }
}

#[tokio::test]
async fn large_bodies_pass_through_whole() {
    let upstream = Emulator::start().await;
    let proxy = forwarding_to(&upstream.origin()).await;
    let began = Instant::now();
    let input = json!({"prompt": "x".repeat(8 << 20), "image_url": 3});
    let target = format!("https://queue.fal.run/{I2V}");
    let reply = proxy.proxied("POST", &target, &input).await;
    assert_eq!(reply.status, 200);
    let requests = upstream.requests().await;
    assert_eq!(requests[0]["body_bytes"], input.to_string().len());
    assert!(began.elapsed() < Duration::from_secs(10));
}
