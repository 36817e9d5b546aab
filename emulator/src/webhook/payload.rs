//! The body of a webhook (protocol §11.1).

use serde_json::{Value, json};

use crate::protocol::Outcome;

/// The body for a job that has ended.
pub(crate) fn payload(request_id: &str, outcome: &Outcome) -> Value {
    let mut told = json!({
        "request_id": request_id,
        "gateway_request_id": request_id,
        "status": "OK",
        "payload": outcome.body,
    });
    if let Some(failure) = &outcome.error {
        told["status"] = json!("ERROR");
        // For a model's failure, the service puts the status here. The reason is in the payload.
        told["error"] = match failure.kind {
            Some(_) => json!(failure.text),
            None => json!(format!("Invalid status code: {}", outcome.status.as_u16())),
        };
    }
    if outcome.content_type.is_some() {
        told["payload"] = Value::Null;
        told["payload_error"] = json!(
            "The response is not JSON and cannot be sent to a webhook: fetch it from the queue, \
             by its request id"
        );
    }
    told
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::protocol::Detail;

    #[test]
    fn an_output_is_told_as_it_is() {
        let told = payload("id", &Outcome::output(json!({"seed": 1}), 1.0));
        let expected = json!({
            "request_id": "id", "gateway_request_id": "id", "status": "OK", "payload": {"seed": 1},
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn a_refusal_is_told_with_its_status_and_its_reasons() {
        let outcome = Outcome::refused(&[Detail::new("missing", "Field required").at("prompt")]);
        let told = payload("id", &outcome);
        assert_eq!(told["status"], "ERROR");
        assert_eq!(told["error"], "Invalid status code: 422");
        assert_eq!(told["payload"]["detail"][0]["type"], "missing");
    }

    #[test]
    fn a_failure_around_the_model_is_told_in_words() {
        let told = payload("id", &Outcome::not_started());
        assert_eq!(told["payload"]["error_type"], "request_timeout");
        assert_eq!(told["error"], told["payload"]["detail"]);
    }

    #[test]
    fn what_is_not_json_is_left_out_and_that_is_told() {
        let mut outcome = Outcome::output(json!("a,b\n"), 1.0);
        outcome.content_type = Some(HeaderValue::from_static("text/csv"));
        let told = payload("id", &outcome);
        assert_eq!(
            (&told["status"], &told["payload"]),
            (&json!("OK"), &Value::Null)
        );
        assert!(
            told["payload_error"]
                .as_str()
                .is_some_and(|text| text.contains("queue"))
        );
    }
}
