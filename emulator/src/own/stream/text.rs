//! The text of events: on one line, on several lines, or malformed on purpose.

use serde_json::Value;

use super::script::Script;

impl Script {
    /// The text of event number `index`, after the malformed event if that is due here.
    pub(super) fn event(&self, index: u32) -> String {
        let mut text = String::new();
        if self.malformed_after == Some(index) {
            self.write(&mut text, "{\"index\": ");
        }
        let value = self.value(index);
        self.write(&mut text, &self.json(&value));
        let is_last = index + 1 == self.count();
        if is_last && self.last_without_blank_line {
            text.truncate(text.len() - self.line_end().len());
        }
        text
    }

    /// A comment, which keeps the connection alive.
    pub(super) fn comment(&self) -> String {
        let end = self.line_end();
        format!(": ping{end}{end}")
    }

    fn write(&self, text: &mut String, data: &str) {
        let end = self.line_end();
        if let Some(name) = &self.event_name {
            text.extend(["event: ", name, end]);
        }
        for line in data.lines() {
            text.extend(["data: ", line, end]);
        }
        text.push_str(end);
    }

    fn json(&self, value: &Value) -> String {
        if self.multiline {
            return format!("{value:#}");
        }
        value.to_string()
    }

    fn line_end(&self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn script(fields: Value) -> Script {
        serde_json::from_value(fields).expect("a script")
    }

    #[test]
    fn an_event_is_one_line_of_data_unless_more_are_asked_for() {
        let plain = script(json!({"values": [{"a": 1}]}));
        assert_eq!(plain.event(0), "data: {\"a\":1}\n\n");
        let several = script(json!({
            "values": [{"a": 1}], "multiline": true, "crlf": true, "event_name": "x",
        }));
        let text = "event: x\r\ndata: {\r\ndata:   \"a\": 1\r\ndata: }\r\n\r\n";
        assert_eq!(several.event(0), text);
    }

    #[test]
    fn what_is_broken_is_broken_where_it_was_asked_for() {
        let script = script(json!({
            "values": [0, ""], "malformed_after": 1, "last_without_blank_line": true,
        }));
        assert_eq!(script.event(0), "data: 0\n\n");
        assert_eq!(script.event(1), "data: {\"index\": \n\ndata: \"\"\n");
    }

    #[test]
    fn values_go_round_and_a_payload_stays() {
        let values = script(json!({"values": [false, null], "events": 3}));
        let given: Vec<_> = (0..values.count())
            .map(|index| values.value(index))
            .collect();
        assert_eq!(given, [json!(false), json!(null), json!(false)]);
        let payload = script(json!({"payload": "x"}));
        assert_eq!((payload.count(), payload.value(2)), (3, json!("x")));
    }
}
