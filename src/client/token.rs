//! Short-lived tokens, for streams that go straight to fal (§3.3).

use std::sync::Arc;

use serde_json::Value;

use super::{config::Config, error::Error, host::Host, http::Parts, plan::Plan};
use crate::{
    endpoint::EndpointId,
    engine::{Goal, Settings, Target},
    protocol::Operation,
};

/// Asks fal for a token for one app.
pub(super) async fn fetch(
    config: Arc<Config>,
    endpoint: Option<EndpointId>,
) -> Result<String, Error> {
    let retry = config.retry.changes();
    let plan = Plan {
        config,
        goal: Goal::Only(Operation::Token),
        target: Target {
            endpoint,
            ..Target::default()
        },
        settings: Settings {
            retry,
            ..Settings::default()
        },
        parts: Parts::default(),
        endpoint_id: String::new(),
        handle: None,
    };
    let content = Host::perform(plan).await?.reply.content;
    find(content.json()).ok_or_else(|| Error::BadAnswer {
        operation: "token",
        problem: "the answer is no token".into(),
        field: None,
        text: content.text().into(),
        request_id: None,
    })
}

/// Newer services and older proxies wrap it.
fn find(answer: Option<&Value>) -> Option<String> {
    let answer = answer?;
    let wrapped = || {
        answer
            .get("token")
            .or_else(|| answer.get("detail"))?
            .as_str()
    };
    answer.as_str().or_else(wrapped).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_may_be_wrapped() {
        for answer in [
            json!("jwt"),
            json!({ "token": "jwt" }),
            json!({ "detail": "jwt" }),
        ] {
            assert_eq!(find(Some(&answer)).as_deref(), Some("jwt"));
        }
        assert_eq!(find(Some(&json!({ "token": 7 }))), None);
        assert_eq!(find(None), None);
    }
}
