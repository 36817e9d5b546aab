//! Temporary tokens, which a page sends in place of a key that it must not have (protocol §3.3). They are signed, are
//! valid for some apps only, and expire.

mod ask;
mod jwt;
mod scope;

use std::fmt;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use scope::Scope;

use crate::protocol::{ApiError, Call};
use crate::{body, clock, reply};
use ask::Ask;
use jwt::Signer;

/// The largest body, in bytes: more than any list of apps needs.
const LARGEST_BODY: usize = 64 << 10;

/// The key that signs this emulator's tokens, new at every start.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Signer);

/// The claims in a token. Times are in seconds since 1970.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    allowed_apps: Vec<String>,
    iat: f64,
    exp: f64,
}

/// The reason why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refused {
    /// It was not signed here, or is no JWT.
    Foreign,
    Expired,
    /// It is valid for these apps, and not for the called one.
    Elsewhere(Vec<String>),
}

impl Tokens {
    /// Fails for a call with a token in its query that is not valid for `scope`. A call without a token passes, as this check
    /// requires none.
    pub(crate) fn check_call(&self, call: &Call, scope: Scope<'_>) -> Result<(), ApiError> {
        let Some(token) = call.parameter("fal_jwt_token") else {
            return Ok(());
        };
        let checked = self.check(&token, scope);
        checked.map_err(|refused| ApiError::Unauthorized(refused.to_string()))
    }

    fn issue(&self, ask: Ask) -> String {
        let now = clock::unix_time();
        self.0.sign(&Claims {
            allowed_apps: ask.apps,
            iat: now,
            exp: now + ask.seconds,
        })
    }

    fn check(&self, token: &str, scope: Scope<'_>) -> Result<(), Refused> {
        let claims: Claims = self.0.open(token).ok_or(Refused::Foreign)?;
        if claims.exp <= clock::unix_time() {
            return Err(Refused::Expired);
        }
        if claims.allowed_apps.iter().any(|app| scope.is_of(app)) {
            return Ok(());
        }
        Err(Refused::Elsewhere(claims.allowed_apps))
    }
}

/// Answers `POST /tokens/` with a JSON string, and `POST /tokens/realtime` with an object. Both accept both forms of the
/// body.
pub(crate) async fn answer(tokens: &Tokens, call: Call) -> Result<Response, ApiError> {
    if call.method != Method::POST {
        return Err(ApiError::MethodNotAllowed("POST"));
    }
    let is_object = call.path.trim_end_matches('/') == "/tokens/realtime";
    let body = body::receive(call.body, LARGEST_BODY).await?;
    let token = tokens.issue(ask::parse(&body)?);
    let body = if is_object {
        json!({ "token": token })
    } else {
        Value::String(token)
    };
    Ok(reply::json(StatusCode::OK, &body))
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("The fal_jwt_token is no token of this emulator"),
            Self::Expired => f.write_str("The fal_jwt_token has expired: ask for another"),
            Self::Elsewhere(apps) => {
                let apps = apps.join(", ");
                write!(f, "The fal_jwt_token is for {apps}, not for this app")
            }
        }
    }
}
