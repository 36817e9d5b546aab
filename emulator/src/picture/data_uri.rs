//! Decodes data URIs, in base64 or percent-encoded (RFC 2397). Too long ones are refused before they are decoded.
//!
//! Written by hand, on two crates that decode: the limit comes first, and the errors are the service's.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::missing::{LARGEST, Missing};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The part of `url` after `data:`, if it is a data URI.
pub(super) fn body(url: &str) -> Option<&str> {
    let (scheme, body) = url.trim_start().split_once(':')?;
    scheme.eq_ignore_ascii_case("data").then_some(body)
}

/// The bytes in a data URI. Its content type is ignored, as the renderer recognises the format by the bytes.
pub(super) fn decode(body: &str) -> Result<Bytes, Missing> {
    let Some((description, data)) = body.split_once(',') else {
        return Err(wrong("the data URI has no comma"));
    };
    let is_base64 = description
        .rsplit(';')
        .next()
        .is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    let decoded = if is_base64 {
        from_base64(data)?
    } else {
        percent_decode_str(data).collect()
    };
    if decoded.len() > LARGEST {
        return Err(Missing::TooLarge);
    }
    Ok(decoded.into())
}

fn from_base64(data: &str) -> Result<Vec<u8>, Missing> {
    // Percent-encoding takes up to three characters for each character of base64, and base64 takes four for three bytes.
    if data.len() / 3 > LARGEST / 3 * 4 + 4 {
        return Err(Missing::TooLarge);
    }
    let mut text: Vec<u8> = percent_decode_str(data).collect();
    text.retain(|byte| !byte.is_ascii_whitespace());
    if text.len() / 4 > LARGEST / 3 + 1 {
        return Err(Missing::TooLarge);
    }
    let decoded = BASE64.decode(text);
    decoded.map_err(|_| wrong("the data URI is not valid base64"))
}

fn wrong(why: &str) -> Missing {
    Missing::NotDecodable(why.to_owned())
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(url: &str) -> Result<Bytes, Missing> {
        decode(body(url).expect("a data URI"))
    }

    #[test]
    fn both_encodings_are_read() {
        for url in [
            "data:text/plain;base64,aGk/",
            "DATA:;base64,aGk%2F",
            "data:;charset=x;base64,aG k\n/",
            "data:,hi%3f",
            "data:text/plain,hi?",
        ] {
            assert_eq!(decoded(url).expect(url), "hi?", "{url}");
        }
        assert_eq!(decoded("data:;base64,aGk").expect("no padding"), "hi");
    }

    #[test]
    fn garbage_is_told_from_pictures() {
        for url in ["data:image/png;base64,!!!", "data:image/png;base64"] {
            assert!(
                matches!(decoded(url), Err(Missing::NotDecodable(_))),
                "{url}"
            );
        }
        assert!(body("https://example.com/a:b").is_none());
        assert!(body("/relative").is_none());
    }

    #[test]
    fn the_limit_is_judged_by_length() {
        let fits = "A".repeat(LARGEST / 3 * 4);
        assert!(decoded(&format!("data:;base64,{fits}")).is_ok());
        let too_long = format!("data:;base64,{fits}AAAAAAAA");
        assert!(matches!(decoded(&too_long), Err(Missing::TooLarge)));
        let plain = format!("data:,{}", "A".repeat(LARGEST + 1));
        assert!(matches!(decoded(&plain), Err(Missing::TooLarge)));
    }
}
