//! From the body of an answer to the caller's type. If it does not fit, the error names the field and
//! keeps the text.

use serde::de::{
    DeserializeOwned,
    value::{Error as SimpleError, SeqDeserializer, StringDeserializer},
};

use super::{error::Error, reply::Content};
use crate::protocol::Operation;

/// Reads a model's output: JSON as JSON, text as a string, bytes as a sequence of `u8`, and nothing as
/// `null`.
pub(super) fn decode<T: DeserializeOwned>(
    content: Content,
    operation: Operation,
) -> Result<T, Error> {
    match content {
        Content::Json { text, .. } => decode_json(text, operation),
        Content::Bytes(bytes) => {
            let length = bytes.len();
            let bytes = SeqDeserializer::<_, SimpleError>::new(bytes.into_iter());
            T::deserialize(bytes).map_err(|error| {
                let text = format!("{length} bytes that are no text");
                misfit(operation, error.to_string(), None, text)
            })
        }
        Content::Empty | Content::Stream => decode_json("null".into(), operation),
        Content::Text(text)
        | Content::Broken(text)
        | Content::Page(text)
        | Content::Events(text) => {
            let string = StringDeserializer::<SimpleError>::new(text.clone());
            T::deserialize(string).map_err(|error| misfit(operation, error.to_string(), None, text))
        }
    }
}

/// Reads JSON from its text, so that whole numbers keep all their digits.
pub(super) fn decode_json<T: DeserializeOwned>(
    text: String,
    operation: Operation,
) -> Result<T, Error> {
    let mut reader = serde_json::Deserializer::from_str(&text);
    let decoded = serde_path_to_error::deserialize(&mut reader);
    decoded.map_err(|error| {
        let path = error.path().to_string();
        let field = (path != ".").then_some(path);
        misfit(operation, error.into_inner().to_string(), field, text)
    })
}

fn misfit(operation: Operation, problem: String, field: Option<String>, text: String) -> Error {
    Error::BadAnswer {
        operation: operation.rule().name,
        problem,
        field,
        text,
        request_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::kandinsky5::VideoOutput;
    use serde_json::Value;

    fn json(text: &str) -> Content {
        Content::read("application/json", text.into(), true)
    }

    #[test]
    fn a_large_seed_keeps_its_digits_and_an_unexpected_field_costs_nothing() {
        let text = r#"{"video":{"url":"u","new":[1]},"seed":9007199254740993,"more":{}}"#;
        let output: VideoOutput = decode(json(text), Operation::Result).expect("fits");
        assert_eq!(output.seed, Some(9_007_199_254_740_993));
    }

    #[test]
    fn a_field_that_does_not_fit_is_named_and_the_text_is_kept() {
        let text = r#"{"video":{"url":"u","file_size":1.5}}"#;
        let error = decode::<VideoOutput>(json(text), Operation::Result).expect_err("misfit");
        let Error::BadAnswer {
            field, text: kept, ..
        } = &error
        else {
            panic!("{error:?}")
        };
        assert_eq!(
            (field.as_deref(), kept.as_str()),
            (Some("video.file_size"), text)
        );
        assert!(
            error
                .to_string()
                .starts_with("result: video.file_size: invalid type"),
            "{error}"
        );
        let error = decode::<VideoOutput>(json("[]"), Operation::Result).expect_err("misfit");
        assert!(
            matches!(error, Error::BadAnswer { field: None, .. }),
            "{error:?}"
        );
    }

    #[test]
    fn texts_bytes_and_nothing_are_outputs_too() {
        let text = decode::<String>(Content::Text("hello".into()), Operation::Run);
        assert_eq!(text.expect("fits"), "hello");
        let bytes = decode::<Vec<u8>>(Content::Bytes(vec![7, 255]), Operation::Run);
        assert_eq!(bytes.expect("fits"), [7, 255]);
        let value = decode::<Value>(Content::Bytes(vec![7]), Operation::Run);
        assert_eq!(value.expect("fits"), serde_json::json!([7]));
        let nothing = decode::<Option<String>>(Content::Empty, Operation::Run);
        assert_eq!(nothing.expect("fits"), None);
        let misfit = decode::<VideoOutput>(Content::Text("hello".into()), Operation::Run);
        assert!(matches!(misfit, Err(Error::BadAnswer { text, .. }) if text == "hello"));
    }
}
