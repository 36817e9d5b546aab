//! What an input of `emulator/realtime` asks for beside its echo.

use rmpv::Value;

/// The fields of an input that say what is to happen. Every one may be left out, and an
/// input that is no map has none.
#[derive(Debug, PartialEq)]
pub(super) struct Script {
    /// A wait before the results.
    pub(super) delay_ms: u64,
    /// How many results; 1 if nothing else is said.
    pub(super) results: u64,
    /// Whether they are JSON in text frames, not `MessagePack` in binary ones.
    pub(super) is_json: bool,
    /// An `x-fal-error` with this code and reason in place of results.
    pub(super) error: Option<(String, String)>,
    /// Closes the connection with this code afterwards.
    pub(super) close: Option<(u16, String)>,
    /// From here on, the connection ends after so long a silence.
    pub(super) idle_ms: Option<u64>,
    /// Says that the token is not good any more, and closes.
    pub(super) is_unauthorized: bool,
}

/// The most results of one input.
const MOST: u64 = 10_000;

impl Script {
    /// Reads them; `Err` says which one cannot be.
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

/// Codes that may be sent (RFC 6455 §7.4).
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

/// Some encoders write every number as a float.
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
