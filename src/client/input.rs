//! A model's input before it is sent: as JSON, checked against the model's table, its files replaced by
//! strings.

use serde::Serialize;
use serde_json::{Map, Value};
use web_sys::Blob;

use super::error::{Error, FieldError};
use crate::models::{self, Field, Given, Kind, Problem, check_url, choices};

/// A file, and where its URL goes.
#[derive(Debug, Clone)]
pub(super) struct FileField {
    /// The name of a field, or a JSON pointer such as `/images/0/url`.
    pub(super) path: String,
    pub(super) file: Blob,
}

impl FileField {
    fn pointer(&self) -> String {
        pointer_of(&self.path)
    }
}

fn pointer_of(path: &str) -> String {
    if path.starts_with('/') {
        path.into()
    } else {
        ["/", path].concat()
    }
}

/// The input as JSON.
pub(super) fn to_value(input: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(input).map_err(|error| Error::argument("input", error.to_string()))
}

/// Puts a text into an input. Objects and fields that are missing on the way are made; the elements of
/// lists must be there.
pub(super) fn put(input: &mut Value, path: &str, text: String) -> Result<(), Error> {
    let mut place = input;
    for name in pointer_of(path).split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = match place {
            Value::Object(fields) => fields.entry(name).or_insert(Value::Null),
            Value::Array(items) => {
                let item = name.parse().ok().and_then(|at: usize| items.get_mut(at));
                item.ok_or_else(|| no_place(path))?
            }
            _ => return Err(no_place(path)),
        };
    }
    *place = Value::String(text);
    Ok(())
}

fn no_place(path: &str) -> Error {
    Error::argument("file", ["the input has no place at ", path].concat())
}

/// Refuses an input that breaks the table of its endpoint, if it has one (§12), with each field that is
/// wrong.
pub(super) fn check(endpoint_id: &str, input: &Value, files: &[FileField]) -> Result<(), Error> {
    let sizes = files.iter().map(|file| (file.pointer(), file.file.size()));
    check_fields(endpoint_id, input, &sizes.collect::<Vec<_>>())
}

fn check_fields(endpoint_id: &str, input: &Value, files: &[(String, f64)]) -> Result<(), Error> {
    let Some(model) = models::find(endpoint_id) else {
        return Ok(());
    };
    let findings = model.fields.iter().filter_map(|field| {
        let pointer = pointer_of(field.name);
        let file = files.iter().find(|(path, _)| *path == pointer);
        let given = given(input.get(field.name), file.map(|(_, size)| *size));
        let problem = check_field(field, given).err()?;
        Some(FieldError {
            field: field.name.into(),
            kind: problem.error_type().into(),
            message: words_of(problem),
        })
    });
    let fields: Box<[_]> = findings.collect();
    if fields.is_empty() {
        Ok(())
    } else {
        Err(Error::InvalidInput { fields })
    }
}

fn check_field(field: &Field, given: Given<'_>) -> Result<(), Problem> {
    field.check(given)?;
    match (field.kind, given) {
        (Kind::FileUrl, Given::Text(url)) => check_url(url),
        _ => Ok(()),
    }
}

fn given(value: Option<&Value>, file_bytes: Option<f64>) -> Given<'_> {
    match (file_bytes, value) {
        (Some(bytes), _) if bytes > 0.0 => Given::File,
        (Some(_), _) => Given::EmptyFile,
        (None, None | Some(Value::Null)) => Given::Absent,
        (None, Some(Value::String(text))) => Given::Text(text),
        (None, Some(Value::Number(number))) => Given::Number(number.as_f64().unwrap_or(f64::NAN)),
        (None, Some(_)) => Given::Other,
    }
}

fn words_of(problem: Problem) -> String {
    match problem {
        Problem::Missing => "is required".into(),
        Problem::NotText => "must be a string".into(),
        Problem::NotInteger => "must be a whole number".into(),
        Problem::NotOneOf(list) => {
            let values: Vec<_> = choices(list).map(|value| format!("\"{value}\"")).collect();
            ["must be one of ", &values.join(", ")].concat()
        }
        Problem::TooSmall(bound) => format!("must be {bound} or more"),
        Problem::TooLarge(bound) => format!("must be {bound} or less"),
        Problem::LocalUrl => {
            "is a URL that only this page or this machine can read: give the file itself".into()
        }
        Problem::RelativeUrl => {
            "is no absolute URL: give one, a data URI, or the file itself".into()
        }
        Problem::EmptyFile => "is a file without a single byte".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Endpoint, kandinsky5::ProImageToVideo};
    use serde_json::json;

    fn problems(input: &Value, files: &[(String, f64)]) -> Vec<(String, String)> {
        match check_fields(ProImageToVideo::ID, input, files) {
            Ok(()) => Vec::new(),
            Err(error) => error
                .fields()
                .iter()
                .map(|it| (it.field.clone(), it.kind.clone()))
                .collect(),
        }
    }

    fn pair(field: &str, kind: &str) -> (String, String) {
        (field.into(), kind.into())
    }

    #[test]
    fn a_known_model_is_checked_field_by_field() {
        let good = json!({ "prompt": "x", "image_url": "https://a.b/c.png", "seed": 7 });
        assert_eq!(problems(&good, &[]), []);
        let bad = json!({ "prompt": 7, "image_url": "blob:x", "num_inference_steps": 41, "duration": "9s", "seed": true });
        let expected = [
            pair("prompt", "string_type"),
            pair("image_url", "local_url"),
            pair("duration", "one_of"),
            pair("num_inference_steps", "less_than_equal"),
            pair("seed", "int_type"),
        ];
        assert_eq!(problems(&bad, &[]), expected);
        let error = check_fields(ProImageToVideo::ID, &json!({}), &[]).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "prompt: is required; image_url: is required"
        );
    }

    #[test]
    fn a_file_stands_for_the_field_that_it_fills() {
        let input = json!({ "prompt": "x", "image_url": "" });
        assert_eq!(problems(&input, &[("/image_url".into(), 4.0)]), []);
        assert_eq!(
            problems(&input, &[("/image_url".into(), 0.0)]),
            [pair("image_url", "empty_file")]
        );
        assert_eq!(problems(&input, &[]), [pair("image_url", "relative_url")]);
    }

    #[test]
    fn an_unknown_model_is_not_checked() {
        assert!(check_fields("acme/unknown", &json!({ "any": ["thing"] }), &[]).is_ok());
    }

    #[test]
    fn a_text_is_put_at_a_name_or_a_pointer() {
        let mut input = json!({ "images": [{ "url": "" }, {}], "text": "x" });
        for path in ["image_url", "/images/1/url", "/made/on/the~1way"] {
            put(&mut input, path, "u".into()).expect("a place");
        }
        let expected = json!({
            "images": [{ "url": "" }, { "url": "u" }],
            "text": "x", "image_url": "u", "made": { "on": { "the/way": "u" } },
        });
        assert_eq!(input, expected);
        for path in ["/images/2/url", "/text/url", "/images/x"] {
            let error = put(&mut input, path, "u".into()).expect_err("no place");
            assert_eq!(
                error.to_string(),
                format!("file: the input has no place at {path}")
            );
        }
    }
}
