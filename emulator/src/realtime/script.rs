//! The fields of an `emulator/realtime` input that control its results.

use rmpv::Value;

/// The parsed fields. All are optional. An input that is not a map has none of them.
#[derive(Debug, PartialEq)]
pub(super) struct Script {
    /// A wait before the results.
    pub(super) delay_ms: u64,
    /// The number of results. The default is 1.
    pub(super) results: u64,
    /// Whether the results are JSON in text frames, and not `MessagePack` in binary frames.
    pub(super) is_json: bool,
    /// The code and reason of an `x-fal-error` that is sent in place of results.
    pub(super) error: Option<(String, String)>,
    /// The code and reason with which the connection is closed afterwards.
    pub(super) close: Option<(u16, String)>,
    /// The silence after which the connection ends, from now on.
    pub(super) idle_ms: Option<u64>,
    /// Whether to report an invalid token and close the connection.
    pub(super) is_unauthorized: bool,
}

/// The most results of one input.
const MOST: u64 = 10_000;

impl Script {
    /// Reads the fields. The error names a field that has a wrong value.
    pub(super) fn of(input: &Value) -> Result<Self, String> {
        let results = number(input, "results")?.unwrap_or(1);
        if results > MOST {
            return Err(format!("results must be at most {MOST}"));
        }
        let reason = text(input, "reason")?.unwrap_or("The input asked for this");
        Ok(Self {
            delay_ms: number(input, "delay_ms")?.unwrap_or(0),
            results,
            is_json: text(input, "as")? == Some("json"),
            error: text(input, "error")?.map(|code| (code.to_owned(), reason.to_owned())),
            close: close(input)?.map(|code| (code, reason.to_owned())),
            idle_ms: number(input, "idle_ms")?,
            is_unauthorized: field(input, "unauthorized").and_then(Value::as_bool) == Some(true),
        })
    }
}

/// The close code, which must be one that may be sent (RFC 6455 §7.4).
fn close(input: &Value) -> Result<Option<u16>, String> {
    let Some(code) = number(input, "close")? else {
        return Ok(None);
    };
    let code = u16::try_from(code).ok();
    let may_be_sent = |code: &u16| matches!(*code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    let code = code.filter(may_be_sent);
    let wrong = "close must be a code that may be sent, such as 1000, 1011 or 4000";
    code.map(Some).ok_or_else(|| wrong.to_owned())
}

fn field<'a>(input: &'a Value, name: &str) -> Option<&'a Value> {
    let mut fields = input.as_map()?.iter();
    let found = fields.find(|(key, _)| key.as_str() == Some(name));
    found
        .map(|(_, value)| value)
        .filter(|value| !value.is_nil())
}

fn number(input: &Value, name: &str) -> Result<Option<u64>, String> {
    let whole = |value: &Value| value.as_u64().or_else(|| from_float(value.as_f64()?));
    field(input, name)
        .map(|value| whole(value).ok_or_else(|| format!("{name} must be a whole number")))
        .transpose()
}

/// Converts a whole float to an integer, as some encoders write every number as a float.
fn from_float(number: f64) -> Option<u64> {
    let is_whole = number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0;
    is_whole.then(|| format!("{number}").parse().ok())?
}

fn text<'a>(input: &'a Value, name: &str) -> Result<Option<&'a str>, String> {
    field(input, name)
        .map(|value| value.as_str().ok_or_else(|| format!("{name} must be text")))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(fields: &[(&str, Value)]) -> Result<Script, String> {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()));
        Script::of(&Value::Map(fields.collect()))
    }

    #[test]
    fn an_input_without_wishes_gets_one_packed_result() {
        for input in [Value::from("text"), Value::Nil, Value::Map(Vec::new())] {
            let script = Script::of(&input).expect("a script");
            assert_eq!(
                (script.results, script.is_json, script.delay_ms),
                (1, false, 0)
            );
            assert_eq!(
                (script.error, script.close, script.idle_ms),
                (None, None, None)
            );
        }
    }

    #[test]
    fn wishes_are_read_whatever_the_encoder_made_of_numbers() {
        let script = script(&[
            ("results", 2.0.into()),
            ("close", 4001.into()),
            ("reason", "enough".into()),
            ("as", "json".into()),
        ]);
        let script = script.expect("a script");
        assert_eq!((script.results, script.is_json), (2, true));
        assert_eq!(script.close, Some((4001, "enough".to_owned())));
    }

    #[test]
    fn wishes_that_cannot_be_are_told() {
        for (name, value) in [
            ("results", Value::from("two")),
            ("results", 1e9.into()),
            ("delay_ms", (-1).into()),
            ("close", 1006.into()),
            ("close", 70_000.into()),
            ("error", 7.into()),
        ] {
            let why = script(&[(name, value)]).expect_err("refused");
            assert!(why.contains(name), "{why}");
        }
    }
}
