//! The body of a request for a token. The two documented bodies have different names for the lifetime, and one client in
//! the field sends one `app` in place of the list (protocol §3.3).

use serde_json::{Map, Value};

use crate::protocol::Detail;

/// The default lifetime of a token, in seconds.
const LIFETIME: f64 = 120.0;
/// The longest lifetime of a token, in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// The apps and the lifetime of the requested token.
#[derive(Debug, PartialEq)]
pub(super) struct Ask {
    pub(super) apps: Vec<String>,
    pub(super) seconds: f64,
}

pub(super) fn parse(body: &[u8]) -> Result<Ask, Detail> {
    let body: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| Detail::new("json_invalid", format!("Not a JSON object: {error}")))?;
    Ok(Ask {
        apps: apps(&body)?,
        seconds: seconds(&body)?,
    })
}

fn apps(body: &Map<String, Value>) -> Result<Vec<String>, Detail> {
    if let Some(Value::String(app)) = body.get("app") {
        return Ok(vec![app.clone()]);
    }
    let Some(apps) = body.get("allowed_apps") else {
        return Err(Detail::new("missing", "Field required").at("allowed_apps"));
    };
    let names = apps.as_array().and_then(|apps| {
        let names = apps.iter().map(|app| app.as_str().map(str::to_owned));
        names.collect::<Option<Vec<_>>>()
    });
    names.filter(|names| !names.is_empty()).ok_or_else(|| {
        let text = "Input should be a list of one app or more";
        Detail::new("list_type", text)
            .at("allowed_apps")
            .input(apps)
    })
}

/// The lifetime in seconds. Fractions are allowed, so that tests need not wait for whole seconds.
fn seconds(body: &Map<String, Value>) -> Result<f64, Detail> {
    for name in ["token_expiration", "duration"] {
        let Some(given) = body.get(name).filter(|given| !given.is_null()) else {
            continue;
        };
        let seconds = given.as_f64();
        let seconds = seconds.filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST);
        return seconds.ok_or_else(|| {
            let text = format!("Input should be seconds, more than 0 and at most {LONGEST}");
            Detail::new("value_error", text).at(name).input(given)
        });
    }
    Ok(LIFETIME)
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(body: &Value) -> Option<(Vec<String>, f64)> {
        let ask = parse(body.to_string().as_bytes()).ok()?;
        Some((ask.apps, ask.seconds))
    }

    #[test]
    fn every_known_body_is_understood() {
        let apps = || vec!["x".to_owned()];
        for (body, seconds) in [
            (json!({"allowed_apps": ["x"], "token_expiration": 60}), 60.0),
            (json!({"allowed_apps": ["x"], "duration": 30}), 30.0),
            (json!({"app": "x", "token_expiration": 0.5}), 0.5),
            (json!({"allowed_apps": ["x"]}), 120.0),
            (json!({"allowed_apps": ["x"], "duration": null}), 120.0),
        ] {
            assert_eq!(asked(&body), Some((apps(), seconds)), "{body}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for body in [
            json!([]),
            json!({}),
            json!({"allowed_apps": []}),
            json!({"allowed_apps": "x"}),
            json!({"allowed_apps": ["x", 1]}),
            json!({"allowed_apps": ["x"], "duration": 0}),
            json!({"allowed_apps": ["x"], "duration": "120"}),
            json!({"allowed_apps": ["x"], "token_expiration": 1e9}),
        ] {
            assert_eq!(asked(&body), None, "{body}");
        }
    }
}
