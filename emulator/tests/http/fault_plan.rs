//! Fault plans: the calls that they strike, which are the same in every run; plans that are refused; and the callers
//! that may set one.

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, PROXY, T2V, options};
use crate::faults::{follow, report};

const PLAN: &str = "/api/emulator/fault-plan";

/// The numbers of the status calls that are struck. Before each, `others` calls go to other routes.
async fn struck(seed: u64, calls: usize, others: usize) -> Vec<usize> {
    let emulator = Emulator::start().await;
    let fault = json!({"status": 418});
    let rule = json!({"route": ["status", "result"], "probability": 0.3, "fault": fault});
    follow(&emulator, &json!({"seed": seed, "rules": [rule]})).await;
    let mut struck = Vec::new();
    for call in 1..=calls {
        for _ in 0..others {
            emulator.get("/a/b/requests/1").await;
        }
        if emulator.get("/a/b/requests/1/status").await.status == 418 {
            struck.push(call);
        }
    }
    struck
}

#[tokio::test]
async fn a_seed_strikes_the_same_calls_whatever_happens_on_other_routes() {
    let first = struck(7, 60, 0).await;
    assert!((8..30).contains(&first.len()), "{first:?}");
    assert_eq!(first, struck(7, 60, 0).await);
    assert_eq!(first, struck(7, 60, 2).await);
    assert_ne!(first, struck(8, 60, 0).await);
}

#[tokio::test]
async fn calls_are_struck_by_number_by_interval_and_at_most_so_often() {
    for (rule, expected) in [
        (json!({"nth": [2, 5]}), vec![2, 5]),
        (json!({"nth": 3}), vec![3]),
        (json!({"every": 3}), vec![3, 6]),
        (json!({"every": 2, "times": 2}), vec![2, 4]),
        (json!({"times": 1}), vec![1]),
        (json!({"probability": 0}), vec![]),
        (
            json!({"probability": 1, "method": "get"}),
            vec![1, 2, 3, 4, 5, 6],
        ),
        (json!({"method": "PUT"}), vec![]),
        (json!({"path_contains": "/a/b/"}), vec![1, 2, 3, 4, 5, 6]),
        (json!({"path_contains": "/b/a/"}), vec![]),
    ] {
        let emulator = Emulator::start().await;
        let mut written = rule.clone();
        written["route"] = json!("status");
        written["fault"] = json!({"status": 418});
        follow(&emulator, &json!({"rules": [written]})).await;
        let mut struck = Vec::new();
        for call in 1..=6 {
            let target = "https://queue.fal.run/a/b/requests/1/status";
            if emulator.proxied("GET", target, &Value::Null).await.status == 418 {
                struck.push(call);
            }
        }
        assert_eq!(struck, expected, "{rule}");
    }
}

#[tokio::test]
async fn any_is_every_call_but_no_page_and_no_control_route() {
    let emulator = Emulator::start().await;
    follow(
        &emulator,
        &json!({"rules": [{"route": "any", "fault": {"status": 418}}]}),
    )
    .await;
    for (method, path, is_struck) in [
        ("POST", "/a/b", true),
        ("GET", "/a/b/requests/1", true),
        ("POST", "/fal.run/a/b", true),
        ("POST", "/storage/upload/initiate", true),
        ("GET", "/no/such/page", false),
        ("GET", "/api/emulator", false),
        ("GET", "/api/emulator/requests", false),
        ("OPTIONS", "/a/b", false),
    ] {
        let reply = emulator.send(method, path, &[], "").await;
        assert_eq!(reply.status == 418, is_struck, "{method} {path}");
    }
}

#[tokio::test]
async fn a_plan_tells_how_often_it_struck_until_it_ends() {
    let emulator = Emulator::start().await;
    assert_eq!(report(&emulator).await, json!({"plan": null}));
    let faults = json!([{"status": 418}, {"status": 419}]);
    let plan = json!({
        "note": "two of three",
        "seed": 5,
        "rules": [
            {"route": ["status", "result"], "nth": [1, 3], "fault": faults},
            {"route": "status", "nth": 1, "fault": {"status": 420}},
        ],
    });
    follow(&emulator, &plan).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(emulator.get("/a/b/requests/1/status").await.status.as_u16());
    }
    assert_eq!(statuses[1], 404);
    let told = report(&emulator).await;
    assert_eq!(told["plan"], plan);
    assert_eq!(
        (&told["seed"], &told["calls"], &told["struck"]),
        (&json!(5), &json!(3), &json!(2))
    );
    let rules = &told["rules"];
    assert_eq!(
        rules[0]["routes"],
        json!({"status": {"calls": 3, "struck": 2}})
    );
    for (at, status) in [(0, 418), (1, 419)] {
        let fault = &rules[0]["faults"][at];
        let count = statuses.iter().filter(|it| **it == status).count();
        assert_eq!(
            *fault,
            json!({"struck": count, "fault": {"status": status}})
        );
    }
    // Only the first rule has struck. The other one has counted all calls.
    assert_eq!(
        (&rules[1]["calls"], &rules[1]["struck"]),
        (&json!(3), &json!(0))
    );

    // A one-off fault strikes before the plan, and the plan still counts the call.
    emulator
        .post("/api/emulator/faults", &json!({"status": 421}))
        .await;
    assert_eq!(emulator.get("/a/b/requests/1").await.status, 421);
    follow(&emulator, &plan).await;
    assert_eq!(report(&emulator).await["calls"], 0);
    let ended = emulator.send("DELETE", PLAN, &[], "").await;
    assert_eq!(ended.json()["plan"], plan);
    assert_eq!(emulator.get("/a/b/requests/1/status").await.status, 404);
    assert_eq!(report(&emulator).await, json!({"plan": null}));
}

#[allow(clippy::too_many_lines)] // A table.
#[tokio::test]
async fn plans_that_cannot_be_followed_are_refused_with_rule_and_field() {
    let emulator = Emulator::start().await;
    let rule = |extra: Value| {
        let mut rule = json!({"route": "status", "fault": {"status": 500}});
        rule.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        json!({"rules": [{"route": "part", "fault": {"expired": true}}, rule]})
    };
    let fault = |fault: Value| rule(json!({"fault": fault}));
    for (plan, told) in [
        (json!([]), "expected struct"),
        (json!({"rules": [], "sede": 7}), "sede"),
        (json!({"seed": -1, "rules": []}), "seed"),
        (json!({"rules": [{"fault": {"status": 500}}]}), "route"),
        (
            rule(json!({"route": "sbumit"})),
            "rules[1].route: there is no route \"sbumit\"",
        ),
        (
            rule(json!({"route": ["any", "part"]})),
            "rules[1].route: \"any\" stands alone",
        ),
        (rule(json!({"route": []})), "rules[1].route: it is empty"),
        (rule(json!({"nht": [1]})), "rules[1].nht: unknown field"),
        (rule(json!({"nth": [0]})), "rules[1].nth"),
        (rule(json!({"nth": -1})), "rules[1].nth"),
        (rule(json!({"every": 0})), "rules[1].every"),
        (
            rule(json!({"every": 2, "nth": 1})),
            "rules[1].nth: it cannot go with",
        ),
        (
            rule(json!({"every": 2, "probability": 0.1})),
            "rules[1].every: it cannot go with",
        ),
        (
            rule(json!({"probability": 1.1})),
            "rules[1].probability: 1.1",
        ),
        (rule(json!({"times": 0})), "rules[1].times"),
        (rule(json!({"method": "PSOT"})), "rules[1].method: \"PSOT\""),
        (fault(json!({})), "rules[1].fault: it does nothing"),
        (fault(json!([])), "rules[1].fault: it is empty"),
        (
            fault(json!([{"delay_ms": 1}, {"kidn": "x"}])),
            "rules[1].fault[1].kidn: unknown field",
        ),
        (
            fault(json!([{"delay_ms": 1}, {"kind": "x"}])),
            "rules[1].fault[1].kind: there is no kind",
        ),
        (
            fault(json!({"delay_ms": [2, 1]})),
            "rules[1].fault.delay_ms",
        ),
        (fault(json!({"status": 199})), "rules[1].fault.status: 199"),
        (
            fault(json!({"status": 500, "kind": "locked"})),
            "cannot go with kind",
        ),
        (
            fault(json!({"status": 500, "headers": {"a b": ""}})),
            "rules[1].fault.headers.a b",
        ),
        (
            fault(json!({"delay_ms": 1, "body": 1})),
            "rules[1].fault.body",
        ),
        (
            fault(json!({"status": 429, "retry_after": "1s"})),
            "rules[1].fault.retry_after",
        ),
        (
            fault(json!({"malformed": true, "retry_after": 1})),
            "rules[1].fault.retry_after",
        ),
        (fault(json!({"reset": "during"})), "rules[1].fault.reset"),
        (
            fault(json!({"reset": "before", "silent": true})),
            "rules[1].fault.silent",
        ),
        (
            fault(json!({"reset": "after", "after": true})),
            "rules[1].fault.after",
        ),
        (
            fault(json!({"truncate": "half"})),
            "rules[1].fault.truncate",
        ),
        (fault(json!({"slow_body": 0})), "rules[1].fault.slow_body"),
        (
            fault(json!({"cut_after": 1})),
            "on the route status: status_stream and stream",
        ),
        (
            fault(json!({"expired": true})),
            "on the route status: put, part and complete",
        ),
        (
            fault(json!({"duplicate": true})),
            "on the route status: webhook",
        ),
        (
            rule(json!({"route": "stream", "fault": {"cut_after": 1, "end_after": 1}})),
            "cannot go with",
        ),
        (
            rule(json!({"route": "webhook", "fault": {"malformed": true}})),
            "on the route webhook",
        ),
    ] {
        let reply = emulator.send("PUT", PLAN, &[], plan.to_string()).await;
        assert_eq!(reply.status, 422, "{plan}");
        let detail = reply.detail();
        assert!(detail.contains(told), "{plan}: {detail}");
        assert_eq!(detail.lines().count(), 1);
    }
    let reply = emulator.send("PUT", PLAN, &[], "{\"rules\": []} x").await;
    assert_eq!(reply.status, 422);
    assert_eq!(report(&emulator).await, json!({"plan": null}));
}

#[tokio::test]
async fn pages_of_other_origins_and_other_names_steer_nothing() {
    let emulator = Emulator::with(Options {
        allow_origins: vec!["https://app.example".parse().unwrap()],
        ..options()
    })
    .await;
    let own = emulator.origin();
    let port = emulator.server.address().port();
    let other_port = format!("http://127.0.0.1:{}", port ^ 1);
    for (header, is_let_in) in [
        (("origin", "https://evil.example"), false),
        (("origin", "null"), false),
        (("origin", other_port.as_str()), false),
        (("sec-fetch-site", "cross-site"), false),
        (("sec-fetch-site", "same-site"), false),
        (("origin", own.as_str()), true),
        (("origin", "https://app.example"), true),
        (("sec-fetch-site", "same-origin"), true),
    ] {
        for (method, path) in [
            ("PUT", PLAN),
            ("GET", PLAN),
            ("DELETE", PLAN),
            ("POST", "/api/emulator/faults"),
            ("DELETE", "/api/emulator/faults"),
        ] {
            let body = "{\"rules\":[]}";
            let reply = emulator.send(method, path, &[header], body).await;
            assert_eq!(reply.status != 403, is_let_in, "{method} {path} {header:?}");
        }
        let reply = emulator
            .send("GET", "/api/emulator/requests", &[header], "")
            .await;
        assert_eq!(reply.status != 403, is_let_in, "{header:?}");
    }
    for (host, status) in [
        ("evil.example", "403"),
        ("192.168.1.7", "403"),
        ("localhost", "200"),
    ] {
        for path in [PLAN, "/api/emulator/requests"] {
            let request =
                format!("GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n");
            let answer = emulator.raw(&request).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{host}: {answer}"
            );
        }
    }
}

/// This machine's address in its network, if it has one. Sends no packet.
pub(crate) fn outward() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn nobody_steers_from_another_address() {
    let Some(address) = outward() else {
        return; // No network, nobody else.
    };
    let emulator = Emulator::with(Options {
        host: std::net::Ipv4Addr::UNSPECIFIED.into(),
        ..options()
    })
    .await;
    let origin = format!("http://{address}:{}", emulator.server.address().port());
    for path in [PLAN, "/api/emulator/requests"] {
        let reply = emulator.get(&format!("{origin}{path}")).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(
            reply.detail().contains("from the machine"),
            "{}",
            reply.detail()
        );
        assert_eq!(emulator.get(path).await.status, 200);
    }
    // Another machine may call endpoints, but not the control routes.
    let reply = emulator
        .post(&format!("{origin}/{T2V}"), &json!({"prompt": 3}))
        .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_plan_from_a_file_needs_no_control_and_strikes_behind_the_proxy() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/faults/flaky.json");
    let emulator = Emulator::with(Options {
        control: false,
        faults: Some(example.into()),
        ..options()
    })
    .await;
    assert_eq!(emulator.get(PLAN).await.status, 404);
    let target = [(
        "x-fal-target-url",
        "https://queue.fal.run/a/b/requests/1/cancel",
    )];
    let mut struck = 0;
    for _ in 0..100 {
        let request = emulator.try_send("PUT", PROXY, &target, "").await;
        let is_struck = request.is_none_or(|reply| {
            reply.status != 404 || serde_json::from_slice::<Value>(&reply.body).is_err()
        });
        struck += usize::from(is_struck);
    }
    assert!((8..=32).contains(&struck), "{struck} of 100");
}
