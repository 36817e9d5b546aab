//! Forged tokens.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Signer, encoded};
use crate::hostile::{self, quickly};

static SIGNER: LazyLock<Signer> = LazyLock::new(Signer::default);
static TOKEN: LazyLock<String> =
    LazyLock::new(|| SIGNER.sign(&json!({"allowed_apps": ["a"], "exp": 1})));

fn tokens() -> impl Strategy<Value = String> {
    let own = TOKEN.as_str();
    let foreign = Signer::default().sign(&json!({"allowed_apps": ["b"]}));
    let (_, rest) = own.split_once('.').expect("three parts");
    let unsigned = format!("{}.{rest}", encoded(r#"{"alg":"none"}"#));
    hostile::text(&[own, &foreign, &unsigned, own])
}

#[test]
fn mixed_tokens_are_opened_and_refused() {
    hostile::assert_mixed(&tokens(), |token| SIGNER.open::<Value>(&token).is_some());
}

proptest! {
    #[test]
    fn a_token_is_opened_as_it_was_signed_alone(token in tokens()) {
        let opened = quickly(|| SIGNER.open::<Value>(&token));
        prop_assert_eq!(opened.is_some(), token == *TOKEN);
    }
}
