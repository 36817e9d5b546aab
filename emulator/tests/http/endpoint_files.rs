//! Files that describe endpoints, valid and invalid ones.

use std::path::PathBuf;

use fal_emulator::{Options, Server};

use crate::common::options;

/// The settings of the tests, with the endpoints of a folder.
pub(crate) fn with(folder: PathBuf) -> Options {
    Options {
        endpoints: Some(folder),
        ..options()
    }
}

/// A folder with these files, removed when it is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let name = format!("fal-endpoints-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The error of an emulator that does not start.
async fn refusal(folder: PathBuf) -> String {
    match Server::start(with(folder)).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_with_field_and_remedy() {
    for (text, parts) in [
        ("{", ["bad.json", "EOF"]),
        ("[]", ["bad.json", "README"]),
        (
            "{\"endpoint_id\":\"a/b\",\"output\":1} {}",
            ["trailing", "one endpoint"],
        ),
        (r#"{"output":1}"#, ["endpoint_id", "missing"]),
        (
            r#"{"endpoint_id":"alone","output":1}"#,
            ["endpoint_id: \"alone\"", "owner/alias"],
        ),
        (
            r#"{"endpoint_id":"emulator/echo","output":1}"#,
            ["endpoint_id: emulator/echo", "choose another"],
        ),
        (
            r#"{"endpoint_id":"a/b"}"#,
            ["output: missing", "or an error"],
        ),
        (
            r#"{"endpoint_id":"a/b","outptu":1}"#,
            ["outptu", "unknown field"],
        ),
        (
            r#"{"endpoint_id":"a/b","run_ms":"1s","output":1}"#,
            ["run_ms:", "u64"],
        ),
        (
            r#"{"endpoint_id":"a/b","input":{"n":{"type":"int"}},"output":1}"#,
            ["input.n.type:", "integer"],
        ),
        (
            r#"{"endpoint_id":"a/b","input":{"n":{"type":"integer","max":3,"default":4}},"output":1}"#,
            ["input.n.default: 4", "less than or equal to 3"],
        ),
        (
            r#"{"endpoint_id":"a/b","input":{"n":{"type":"string","min":1}},"output":1}"#,
            ["input.n.min:", "min_length"],
        ),
        (
            r#"{"endpoint_id":"a/b","input":{"n":{"type":"any"},"n":{"type":"any"}},"output":1}"#,
            ["input", "n is there twice"],
        ),
        (
            r#"{"endpoint_id":"a/b","run_ms":5,"logs":[{"at_ms":6,"message":""}],"output":1}"#,
            ["logs[0].at_ms:", "raise run_ms"],
        ),
        (
            r#"{"endpoint_id":"a/b","input":{"n":{"type":"any"}},"output":{"$input":"m"}}"#,
            ["output.$input:", "\"m\""],
        ),
        (
            r#"{"endpoint_id":"a/b","output":1,"error":{"type":"bad_request"}}"#,
            ["error:", "not both"],
        ),
        (
            r#"{"endpoint_id":"a/b","output":1,"billable_units":-1}"#,
            ["billable_units: -1", "less than 0"],
        ),
        (
            r#"{"endpoint_id":"a/b","error":{"status":200,"body":1}}"#,
            ["error.status:", "400"],
        ),
        (
            r#"{"endpoint_id":"a/b","error":{"type":"sulking"}}"#,
            ["error.type:", "bad_request"],
        ),
        (
            r#"{"endpoint_id":"a/b","output":{},"content_type":"text/csv"}"#,
            ["content_type:", "string"],
        ),
        (
            r#"{"endpoint_id":"a/b","output":1,"cases":[{"when":{},"error":{}}]}"#,
            ["cases[0].error:", "status and body"],
        ),
    ] {
        let folder = Folder::of(&[("bad.json", text)]);
        let said = refusal(folder.0.clone()).await;
        assert!(said.contains("bad.json: "), "{said}");
        assert!(
            parts.iter().all(|part| said.contains(part)),
            "{text}: {said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[tokio::test]
async fn every_bad_file_is_told_and_so_is_a_folder_without_any() {
    let good = r#"{"endpoint_id":"a/b","output":1}"#;
    let folder = Folder::of(&[("a.json", good), ("b.json", good), ("c.json", "{}")]);
    let said = refusal(folder.0.clone()).await;
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].contains("b.json: endpoint_id: a/b") && lines[0].contains("a.json already"));
    assert!(lines[1].contains("c.json: "));

    let empty = Folder::of(&[]);
    assert!(refusal(empty.0.clone()).await.contains("no .json file"));
    assert!(refusal(empty.0.join("none")).await.contains("--endpoints"));
}
