//! A result with placeholders. When a job is played, they are replaced by values of the input, new random numbers, and
//! the URLs of newly stored files.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

/// A JSON value with placeholders.
#[derive(Debug)]
pub(super) enum Template {
    Plain(Value),
    /// `{"$input": "prompt"}`: the value of an input field, or `null` if the input has no such value.
    Input(String),
    /// `{"$random": "seed"}`: a new random number.
    Seed,
    /// `{"$file": {…}, …}`: a file to store. It becomes an object with `url`, `content_type`, `file_name` and
    /// `file_size`, and with the fields beside `$file`.
    File(Box<FileTemplate>),
    List(Vec<Template>),
    Fields(Vec<(String, Template)>),
}

/// A file to store.
#[derive(Debug)]
pub(super) struct FileTemplate {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) content: Content,
    pub(super) beside: Vec<(String, Template)>,
}

/// The content of a file.
#[derive(Debug)]
pub(super) enum Content {
    Text(Template),
    Bytes(Vec<u8>),
    /// The bytes of a file in the folder of the description.
    Copy(PathBuf),
}

/// Stores bytes as a file of this name, and returns its URL.
pub(super) type Store<'a> = dyn Fn(&[u8], &str) -> Result<String, String> + 'a;

/// The data that fills in a template.
pub(super) struct Filling<'a> {
    pub(super) input: &'a Map<String, Value>,
    pub(super) store: &'a Store<'a>,
}

impl Template {
    /// The value, with every placeholder replaced.
    pub(super) fn fill(&self, with: &Filling<'_>) -> Result<Value, String> {
        match self {
            Self::Plain(value) => Ok(value.clone()),
            Self::Input(field) => Ok(with.input.get(field).cloned().unwrap_or_default()),
            Self::Seed => Ok(json!(crate::random::seed())),
            Self::File(file) => file.fill(with),
            Self::List(items) => items.iter().map(|item| item.fill(with)).collect(),
            Self::Fields(fields) => Ok(Value::Object(filled(fields, with)?)),
        }
    }
}

fn filled(fields: &[(String, Template)], with: &Filling<'_>) -> Result<Map<String, Value>, String> {
    let fill = |(name, field): &(String, Template)| Ok((name.clone(), field.fill(with)?));
    fields.iter().map(fill).collect()
}

impl FileTemplate {
    fn fill(&self, with: &Filling<'_>) -> Result<Value, String> {
        let bytes = match &self.content {
            Content::Bytes(bytes) => bytes.clone(),
            Content::Copy(path) => std::fs::read(path)
                .map_err(|error| format!("{} could not be read: {error}", path.display()))?,
            Content::Text(text) => match text.fill(with)? {
                Value::String(text) => text.into_bytes(),
                other => other.to_string().into_bytes(),
            },
        };
        let mut file = filled(&self.beside, with)?;
        file.insert("url".to_owned(), (with.store)(&bytes, &self.name)?.into());
        file.insert("content_type".to_owned(), self.content_type.clone().into());
        file.insert("file_name".to_owned(), self.name.clone().into());
        file.insert("file_size".to_owned(), bytes.len().into());
        Ok(file.into())
    }
}
