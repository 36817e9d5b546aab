//! Checking one input field against its documented type, without knowing whether the
//! value came from JavaScript (the client) or from JSON (the emulator).

/// One documented input field.
#[derive(Debug)]
pub struct Field {
    /// The field's name on the wire.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Whether a request without it is refused.
    pub required: bool,
}

/// The documented type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any string.
    Text,
    /// A URL or data URI; in the client also a `Blob` or `File`, which becomes a URL.
    FileUrl,
    /// One of these strings, which stand with commas between them.
    OneOf(&'static str),
    /// A whole number, also written as a text, within inclusive bounds if the model publishes them.
    Integer {
        /// The smallest value taken.
        min: Option<i32>,
        /// The largest value taken.
        max: Option<i32>,
    },
}

/// A given value, reduced to the facts that a check needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// Not given, `undefined` or `null`.
    Absent,
    /// A string.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A `Blob` or `File`.
    File,
    /// One without a single byte.
    EmptyFile,
    /// Anything else: a boolean, an object, an array.
    Other,
}

/// Why a value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A required field is absent.
    Missing,
    /// A string was expected.
    NotText,
    /// A whole number was expected.
    NotInteger,
    /// The string is none of the documented ones, which stand with commas between them.
    NotOneOf(&'static str),
    /// The number is below this bound.
    TooSmall(i32),
    /// The number is above this bound.
    TooLarge(i32),
    /// The URL names something of one page or machine only.
    LocalUrl,
    /// The text is no absolute URL.
    RelativeUrl,
    /// The file has no bytes.
    EmptyFile,
}

impl Problem {
    /// The `type` that fal.ai's validation errors use for this problem (protocol §10.1). Where
    /// the service finds it only when it fetches the file, it is a type of our own.
    pub fn error_type(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotText => "string_type",
            Self::NotInteger => "int_type",
            Self::NotOneOf(_) => "one_of",
            Self::TooSmall(_) => "greater_than_equal",
            Self::TooLarge(_) => "less_than_equal",
            Self::LocalUrl => "local_url",
            Self::RelativeUrl => "relative_url",
            Self::EmptyFile => "empty_file",
        }
    }
}

impl Field {
    /// Whether `given` may be sent for this field. `null` counts as not given, as the
    /// service treats it for optional fields.
    pub fn check(&self, given: Given<'_>) -> Result<(), Problem> {
        match (self.kind, given) {
            (_, Given::Absent) if self.required => Err(Problem::Missing),
            (_, Given::Absent)
            | (Kind::Text | Kind::FileUrl, Given::Text(_))
            | (Kind::FileUrl, Given::File) => Ok(()),
            (Kind::FileUrl, Given::EmptyFile) => Err(Problem::EmptyFile),
            (Kind::Text | Kind::FileUrl, _) => Err(Problem::NotText),
            (Kind::OneOf(values), Given::Text(text)) if has(values, text) => Ok(()),
            (Kind::OneOf(values), _) => Err(Problem::NotOneOf(values)),
            (Kind::Integer { min, max }, Given::Number(number)) => check_integer(number, min, max),
            // As fal reads it: the value of a form's field is a text.
            (Kind::Integer { min, max }, Given::Text(text)) => {
                check_integer(text.parse::<i64>().map_or(f64::NAN, to_f64), min, max)
            }
            (Kind::Integer { .. }, _) => Err(Problem::NotInteger),
        }
    }
}

/// The schemes of URLs that only one page, or one machine, can read.
const LOCAL_SCHEMES: [&str; 4] = ["blob", "file", "filesystem", "content"];

/// Whether the service may be able to fetch a file from a URL that begins with `start`: a page's
/// own `blob:` URL, or a path, would only fail there, as a job that is paid. Schemes that are not
/// known here are the service's to judge.
pub fn check_url(start: &str) -> Result<(), Problem> {
    let start = start.trim_ascii_start();
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-');
    let length = start.bytes().take_while(|byte| is_of_scheme(byte)).count();
    let (scheme, rest) = start.split_at_checked(length).unwrap_or_default();
    // A single letter is a drive.
    if scheme.len() < 2 || !rest.starts_with(':') {
        return Err(Problem::RelativeUrl);
    }
    let is_local = LOCAL_SCHEMES
        .iter()
        .any(|it| it.eq_ignore_ascii_case(scheme));
    if is_local {
        Err(Problem::LocalUrl)
    } else {
        Ok(())
    }
}

/// The texts of a [`Kind::OneOf`].
pub fn choices(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
}

/// Whether a list has a text, at a fraction of the size of what searches text; none of the texts that it has holds a comma.
fn has(list: &str, text: &str) -> bool {
    let mut texts = list.as_bytes().split(|byte| *byte == b',');
    texts.any(|it| it == text.as_bytes())
}

/// The nearest number that JavaScript has.
#[allow(clippy::cast_precision_loss)]
fn to_f64(number: i64) -> f64 {
    number as f64
}

fn check_integer(number: f64, min: Option<i32>, max: Option<i32>) -> Result<(), Problem> {
    // NaN and the infinities are no whole numbers either: their fraction is NaN.
    if number % 1.0 != 0.0 {
        return Err(Problem::NotInteger);
    }
    match (min, max) {
        (Some(min), _) if number < f64::from(min) => Err(Problem::TooSmall(min)),
        (_, Some(max)) if number > f64::from(max) => Err(Problem::TooLarge(max)),
        _ => Ok(()),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const RESOLUTIONS: &str = "512P,1024P";

    fn field(kind: Kind, required: bool) -> Field {
        Field {
            name: "field",
            kind,
            required,
        }
    }

    #[test]
    fn a_required_field_must_be_given_and_an_optional_one_may_be_left_out() {
        let prompt = field(Kind::Text, true);
        assert_eq!(prompt.check(Given::Absent), Err(Problem::Missing));
        assert_eq!(prompt.check(Given::Text("")), Ok(()));
        assert_eq!(field(Kind::Text, false).check(Given::Absent), Ok(()));
    }

    #[test]
    fn text_fields_take_strings_only_and_file_fields_take_files_too() {
        let text = field(Kind::Text, true);
        assert_eq!(text.check(Given::Number(3.0)), Err(Problem::NotText));
        assert_eq!(text.check(Given::File), Err(Problem::NotText));
        let url = field(Kind::FileUrl, true);
        assert_eq!(url.check(Given::File), Ok(()));
        assert_eq!(url.check(Given::Text("data:,x")), Ok(()));
        assert_eq!(url.check(Given::Other), Err(Problem::NotText));
    }

    #[test]
    fn a_file_without_bytes_is_refused_where_a_file_is_due() {
        let url = field(Kind::FileUrl, true);
        assert_eq!(url.check(Given::EmptyFile), Err(Problem::EmptyFile));
        let text = field(Kind::Text, true);
        assert_eq!(text.check(Given::EmptyFile), Err(Problem::NotText));
    }

    #[test]
    fn a_url_is_absolute_and_not_of_one_machine_only() {
        for good in [
            "https://a.b/c.png",
            "HTTP://127.0.0.1:3000/a",
            "data:image/png;base64,AA==",
            " https://a.b/c.png",
            "s3://bucket/key",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for relative in [
            "",
            "a.png",
            "/a.png",
            "../a",
            "//a.b/c.png",
            "?x=1",
            "C:\\a.png",
            "a.b:80/c",
            ":",
            "é",
        ] {
            assert_eq!(check_url(relative), Err(Problem::RelativeUrl), "{relative}");
        }
        for local in [
            "blob:https://a.b/1-2",
            "BLOB:null/1",
            "file:///a.png",
            "content://a/1",
            "filesystem:https://a.b/c",
        ] {
            assert_eq!(check_url(local), Err(Problem::LocalUrl), "{local}");
        }
    }

    #[test]
    fn choices_are_exact() {
        let resolution = field(Kind::OneOf(RESOLUTIONS), false);
        assert_eq!(resolution.check(Given::Text("1024P")), Ok(()));
        let refused = Err(Problem::NotOneOf(RESOLUTIONS));
        for text in ["512p", "", "512P,1024P", "P,1"] {
            assert_eq!(resolution.check(Given::Text(text)), refused, "{text}");
        }
        assert_eq!(resolution.check(Given::Number(512.0)), refused);
    }

    #[test]
    fn integers_are_whole_and_within_their_bounds() {
        let steps = field(
            Kind::Integer {
                min: Some(1),
                max: Some(40),
            },
            false,
        );
        for good in [1.0, 28.0, 40.0] {
            assert_eq!(steps.check(Given::Number(good)), Ok(()), "{good}");
        }
        for (bad, problem) in [
            (0.0, Problem::TooSmall(1)),
            (41.0, Problem::TooLarge(40)),
            (1.5, Problem::NotInteger),
            (f64::NAN, Problem::NotInteger),
            (f64::INFINITY, Problem::NotInteger),
        ] {
            assert_eq!(steps.check(Given::Number(bad)), Err(problem), "{bad}");
        }
        assert_eq!(steps.check(Given::Text("28")), Ok(()));
        assert_eq!(steps.check(Given::Text("41")), Err(Problem::TooLarge(40)));
        for text in ["", "28.5", "many", " "] {
            assert_eq!(steps.check(Given::Text(text)), Err(Problem::NotInteger));
        }
        let seed = field(
            Kind::Integer {
                min: None,
                max: None,
            },
            false,
        );
        assert_eq!(seed.check(Given::Number(-7.0)), Ok(()));
    }
}
