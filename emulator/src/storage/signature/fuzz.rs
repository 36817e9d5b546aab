//! Forged signatures and tokens.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::Signer;
use crate::hostile::{self, quickly};

const PATH: &str = "/files/b/01234567/0123456789abcdef01234567_a.png";

static SIGNER: LazyLock<Signer> = LazyLock::new(Signer::new);
/// The expiry and the tag of the query for `PATH`.
static SIGNED: LazyLock<(String, String)> = LazyLock::new(|| {
    let query = SIGNER.query(PATH);
    let (expires, tag) = query.split_once('&').expect("two parameters");
    let value = |pair: &str| pair.split_once('=').expect("a value").1.to_owned();
    (value(expires), value(tag))
});
static TOKEN: LazyLock<String> = LazyLock::new(|| SIGNER.token());

/// Whether two texts are the same number, also if one has leading zeros.
fn same(a: &str, b: &str) -> bool {
    matches!((a.parse::<u64>(), b.parse::<u64>()), (Ok(a), Ok(b)) if a == b)
}

proptest! {
    #[test]
    fn a_signature_allows_what_was_signed_and_nothing_else(
        path in hostile::text(&[PATH, PATH, "any file"]),
        expires in hostile::text(&[&*SIGNED.0, &*SIGNED.0, "99999999999"]),
        tag in hostile::text(&[&*SIGNED.1, &*SIGNED.1, &TOKEN[11..]]),
    ) {
        let allowed = quickly(|| SIGNER.allows(&path, Some(&expires), Some(&tag)));
        let is_signed = path == PATH && same(&expires, &SIGNED.0) && tag.eq_ignore_ascii_case(&SIGNED.1);
        prop_assert_eq!(allowed, is_signed);
    }

    #[test]
    fn a_token_is_known_as_it_was_given_out_alone(token in hostile::text(&[&*TOKEN, &format!("{}.{}", SIGNED.0, SIGNED.1)])) {
        let known = quickly(|| SIGNER.knows(&token));
        let (expires, tag) = TOKEN.split_once('.').expect("two parts");
        let is_own = token.split_once('.').is_some_and(|(e, t)| same(e, expires) && t.eq_ignore_ascii_case(tag));
        prop_assert_eq!(known, is_own);
    }
}
