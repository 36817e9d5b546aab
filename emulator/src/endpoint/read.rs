//! Reads a template, and checks that its placeholders can be filled in.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::template::{Content, FileTemplate, Template};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRules {
    name: String,
    content_type: Option<String>,
    text: Option<Value>,
    base64: Option<String>,
    path: Option<PathBuf>,
}

/// Reads templates of the file in `folder`.
pub(super) struct Reader<'a> {
    pub(super) folder: &'a Path,
    /// Whether the endpoint has an input field of this name.
    pub(super) is_field: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    /// Reads `value`, whose path in the file is `at`. The error begins with the path of the mistake.
    pub(super) fn read(&self, value: &Value, at: &str) -> Result<Template, String> {
        match value {
            Value::Array(items) => {
                let item = |(index, item)| self.read(item, &format!("{at}[{index}]"));
                let items: Result<_, _> = items.iter().enumerate().map(item).collect();
                Ok(Template::List(items?))
            }
            Value::Object(fields) => self.object(fields, at),
            plain => Ok(Template::Plain(plain.clone())),
        }
    }

    fn object(&self, fields: &Map<String, Value>, at: &str) -> Result<Template, String> {
        let gap = fields.iter().find(|(name, _)| name.starts_with('$'));
        let Some((name, value)) = gap else {
            return Ok(Template::Fields(self.fields(fields, at)?));
        };
        let is_alone = fields.len() == 1;
        match (name.as_str(), value.as_str()) {
            ("$input", Some(field)) if is_alone && (self.is_field)(field) => {
                Ok(Template::Input(field.to_owned()))
            }
            ("$input", Some(field)) if is_alone => Err(format!(
                "{at}.$input: there is no input field \"{field}\": name one of those in \"input\""
            )),
            ("$random", Some("seed")) if is_alone => Ok(Template::Seed),
            ("$file", None) => self.file(value, fields, at),
            _ => Err(format!(
                "{at}.{name}: write {{\"$input\": \"<field>\"}}, {{\"$random\": \"seed\"}}, or \
                 {{\"$file\": {{…}}}} with other fields beside it"
            )),
        }
    }

    fn fields(
        &self,
        fields: &Map<String, Value>,
        at: &str,
    ) -> Result<Vec<(String, Template)>, String> {
        let plain = fields.iter().filter(|(name, _)| *name != "$file");
        let read = |(name, value): (&String, &Value)| {
            let template = self.read(value, &format!("{at}.{name}"))?;
            Ok((name.clone(), template))
        };
        plain.map(read).collect()
    }

    fn file(
        &self,
        value: &Value,
        fields: &Map<String, Value>,
        at: &str,
    ) -> Result<Template, String> {
        let wrong = |what: String| format!("{at}.$file{what}");
        let rules = FileRules::deserialize(value).map_err(|error| {
            wrong(format!(
                ": {error}; give name, content_type, and text, base64 or path"
            ))
        })?;
        let content = match (rules.text, rules.base64, rules.path) {
            (Some(text), None, None) => {
                Content::Text(self.read(&text, &format!("{at}.$file.text"))?)
            }
            (None, Some(base64), None) => {
                let bytes = STANDARD.decode(base64);
                Content::Bytes(bytes.map_err(|error| wrong(format!(".base64: {error}")))?)
            }
            (None, None, Some(path)) => {
                let path = self.folder.join(path);
                if !path.is_file() {
                    let what = format!(".path: there is no file {}", path.display());
                    return Err(wrong(what));
                }
                Content::Copy(path)
            }
            _ => return Err(wrong(": give one of text, base64 and path".to_owned())),
        };
        let content_type = rules.content_type;
        Ok(Template::File(Box::new(FileTemplate {
            name: rules.name,
            content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            content,
            beside: self.fields(fields, at)?,
        })))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::template::Filling;
    use super::*;

    fn read(value: &Value) -> Result<Template, String> {
        let reader = Reader {
            folder: Path::new("/nowhere"),
            is_field: &|name| name == "prompt",
        };
        reader.read(value, "output")
    }

    fn fill(value: &Value) -> Value {
        let input = json!({ "prompt": "a cat" });
        let filling = Filling {
            input: input.as_object().expect("an object"),
            store: &|bytes, name| Ok(format!("/{name}/{}", String::from_utf8_lossy(bytes))),
        };
        read(value)
            .expect("a template")
            .fill(&filling)
            .expect("filled")
    }

    #[test]
    fn gaps_are_filled_wherever_they_are() {
        let output = json!({
            "prompt": {"$input": "prompt"},
            "images": [{"$file": {"name": "a.txt", "text": {"$input": "prompt"}}, "width": 512}],
            "plain": [1, null, {"deep": true}],
        });
        assert_eq!(
            fill(&output),
            json!({
                "prompt": "a cat",
                "images": [{
                    "url": "/a.txt/a cat",
                    "content_type": "application/octet-stream",
                    "file_name": "a.txt",
                    "file_size": 5,
                    "width": 512,
                }],
                "plain": [1, null, {"deep": true}],
            })
        );
        assert!(fill(&json!({"$random": "seed"})).is_u64());
        let bytes = json!({"$file": {"name": "b", "base64": "aGk=", "content_type": "a/b"}});
        assert_eq!(fill(&bytes)["url"], "/b/hi");
    }

    #[test]
    fn mistakes_say_where_they_are_and_what_to_do() {
        for (output, parts) in [
            (
                json!({"a": {"$input": "promt"}}),
                ["output.a.$input", "name one"],
            ),
            (json!([{"$inptu": "prompt"}]), ["output[0].$inptu", "write"]),
            (
                json!({"$input": "prompt", "b": 1}),
                ["output.$input", "write"],
            ),
            (json!({"$random": "uuid"}), ["output.$random", "write"]),
            (
                json!({"$file": {"name": "a"}}),
                ["output.$file", "one of text"],
            ),
            (json!({"$file": {"nam": "a"}}), ["output.$file", "nam"]),
            (
                json!({"$file": {"name": "a", "base64": "?"}}),
                ["output.$file.base64", ""],
            ),
            (
                json!({"$file": {"name": "a", "path": "x.png"}}),
                ["output.$file.path", "x.png"],
            ),
        ] {
            let problem = read(&output).expect_err("a mistake");
            assert!(parts.iter().all(|part| problem.contains(part)), "{problem}");
        }
    }
}
