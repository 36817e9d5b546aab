//! Generated endpoint files, and inputs for their endpoints.

use std::path::Path;
use std::time::Instant;

use fal_wasm::endpoint::EndpointId;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::parse;
use crate::endpoint::endpoints::Endpoint;
use crate::endpoint::template::{Filling, Store};
use crate::hostile::{self, quickly};

fn files() -> impl Strategy<Value = Vec<u8>> {
    hostile::bytes(&[
        include_str!("../../../endpoints/painter.json"),
        include_str!("../../../endpoints/scribe.json"),
        r#"{"endpoint_id":"acme/a","input":{"a":{"type":"any","default":[1]}},"output":{"$input":"a"},
            "cases":[{"when":{"a":null},"error":{"type":"runner_disconnected"},"run_ms":18446744073709551615}]}"#,
        r#"{"endpoint_id":"acme/../x","output":1}"#,
        r#"{"endpoint_id":"acme/b/c","run_ms":9,"logs":[{"at_ms":9,"message":"x"}],
            "input":{"n":{"type":"number","min":-0.5,"max":1e300}},
            "output":{"$file":{"name":"x","text":{"$random":"seed"}},"more":[{"$input":"n"}]}}"#,
    ])
}

fn inputs() -> impl Strategy<Value = Map<String, Value>> {
    hostile::bytes(&[
        r#"{"prompt":"a cat","num_images":2,"guidance_scale":3.5,"seed":7}"#,
        r#"{"prompt":"forbidden","image_size":"square"}"#,
        r#"{"audio_url":"data:,","language":null,"a":[1],"n":-0.5}"#,
    ])
    .prop_map(|json| serde_json::from_slice(&json).unwrap_or_default())
}

fn read(file: &[u8]) -> Result<Endpoint, String> {
    // The folder does not exist, so every file that the description names is missing.
    parse(file, Path::new("/nonexistent"))
}

#[test]
fn mixed_files_are_taken_and_refused() {
    hostile::assert_mixed(&files(), |file| read(&file).is_ok());
}

proptest! {
    #[test]
    fn a_file_that_is_taken_describes_what_can_be_called_and_played(file in files(), input in inputs()) {
        let endpoint = match quickly(|| read(&file)) {
            Ok(endpoint) => endpoint,
            Err(problem) => {
                prop_assert!(!problem.is_empty());
                return Ok(());
            }
        };
        let id = EndpointId::parse(&endpoint.id);
        prop_assert_eq!(id.as_ref().map(EndpointId::as_str), Some(&*endpoint.id), "no client can call it");
        let _ = endpoint.problems(&endpoint.convert_text(input.clone()));
        let completed = endpoint.add_defaults(input.clone());
        for field in endpoint.fields.iter().filter(|field| field.default.is_some()) {
            let is_given = input.get(&field.name).is_some_and(|value| !value.is_null());
            prop_assert!(is_given || field.problem(&completed).is_none(), "{}", field.name);
        }
        let case = endpoint.case(&input).expect("the last case is for any input");
        prop_assert!(case.logs.iter().all(|line| line.at <= case.run));
        prop_assert!(Instant::now().checked_add(case.run).is_some() && Instant::now().checked_add(case.queue).is_some());
        let store: &Store<'_> = &|_, name| Ok(name.to_owned());
        let outcome = case.ending.outcome(&Filling { input: &completed, store });
        prop_assert!(outcome.is_ok(), "{:?}", outcome.err());
    }
}
