//! The input of one of the emulator's own endpoints: a JSON object, or with GET the query. A value in the query is parsed
//! as JSON if it is valid JSON, and is text otherwise.

use axum::http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::body;
use crate::protocol::{self, ApiError, Call, Detail, LARGEST_BODY};

/// Reads the input. The error names the mistake for the author of the test.
pub(super) async fn read<T: DeserializeOwned>(call: Call) -> Result<T, ApiError> {
    let input = if matches!(call.method, Method::GET | Method::HEAD) {
        Ok(of_query(&call.query))
    } else {
        match body::receive(call.body, LARGEST_BODY).await? {
            body if body.is_empty() => Ok(Map::new()),
            body => protocol::input::parse(&body),
        }
    };
    let script = input.and_then(|input| {
        serde_json::from_value(Value::Object(input))
            .map_err(|error| Detail::new("value_error", error.to_string()))
    });
    script.map_err(ApiError::from)
}

fn of_query(query: &str) -> Map<String, Value> {
    let mut input = protocol::input::from_query(query);
    for value in input.values_mut() {
        let parsed = value.as_str().map(serde_json::from_str::<Value>);
        if let Some(Ok(parsed)) = parsed {
            *value = parsed;
        }
    }
    input
}
