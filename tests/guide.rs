//! Compiles the Rust code of README.md and docs/rust.md, line by line as it stands there. Does not run it.

#![cfg(feature = "client")]
// The guides show short code, without everything that the linter asks for.
#![allow(dead_code, unused_variables, clippy::all, clippy::pedantic)]

use std::{error::Error as StdError, fmt::Display, time::Duration};

use fal_wasm::{
    Client, Error, FieldError, Priority, RequestHandle, Status, Update,
    models::{
        Endpoint,
        kandinsky5::{
            ProImageToVideo, ProImageToVideoInput, ProTextToVideo, ProTextToVideoInput, VideoOutput,
        },
    },
};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use web_sys::Blob;

// The reader's own types and functions that the code uses.

#[derive(Deserialize)]
struct Picture {}

#[derive(Serialize)]
struct FluxInput {}

#[derive(Deserialize)]
struct FluxOutput {}

struct Bar;

impl Bar {
    fn set(&self, share: impl Into<Option<f64>>) {}
    fn show(&self, update: Update) {}
}

fn save(request: &RequestHandle) {}
fn say(words: impl Display) {}
fn show(it: impl Sized) {}
fn show_fields(fields: Box<[FieldError]>) {}
fn show_line(queue_position: Option<u32>) {}

// The code, in the order of the two files.

#[rustfmt::skip]
async fn readme(prompt: String, blob: Blob) -> Result<(), Error> {
    use fal_wasm::{Client, models::kandinsky5::{ProImageToVideo, ProImageToVideoInput}};

    let client = Client::with_proxy("/api/fal/proxy");
    let input = ProImageToVideoInput { prompt, ..Default::default() };
    let call = client.endpoint::<ProImageToVideo>(&input).file("image_url", &blob).subscribe();
    let completed = call.on_update(|update| show(update)).await?;
    let url = completed.data.video.url;
    Ok(())
}

#[rustfmt::skip]
async fn quick_start() -> Result<(), Error> {
    use fal_wasm::{Client, models::kandinsky5::{ProTextToVideo, ProTextToVideoInput}};

    // Your server holds the key: see docs/proxy.md.
    let client = Client::with_proxy("/api/fal/proxy");
    let input = ProTextToVideoInput { prompt: "a slow river".into(), ..Default::default() };
    let completed = client.subscribe::<ProTextToVideo>(&input).await?;
    let url = completed.data.video.url;
    Ok(())
}

#[rustfmt::skip]
async fn call_by_id(client: Client) -> Result<(), Error> {
    let completed = client
        .call("fal-ai/flux/dev", &json!({ "prompt": "a fox" }))
        .output::<Picture>() // without this line: serde_json::Value
        .subscribe()
        .await?;
    let picture: Picture = completed.data;
    Ok(())
}

#[rustfmt::skip]
async fn own_endpoint(client: Client) -> Result<(), Error> {
    struct Flux;
    impl Endpoint for Flux {
        const ID: &'static str = "fal-ai/flux/dev";
        type Input = FluxInput;
        type Output = FluxOutput;
    }
    let output: FluxOutput = client.subscribe::<Flux>(&FluxInput {}).await?.data;
    Ok(())
}

#[rustfmt::skip]
async fn follow(client: Client, input: ProTextToVideoInput, bar: Bar) -> Result<(), Error> {
    let mut call = client.subscribe::<ProTextToVideo>(&input);
    while let Some(update) = call.next().await {
        match update {
            Update::Enqueued(request) => save(&request),
            Update::Status(Status::InQueue { queue_position, .. }) => show_line(queue_position),
            Update::Progress(progress) => bar.set(progress.share()),
            _ => {}
        }
    }
    let completed = call.await?;
    Ok(())
}

#[rustfmt::skip]
async fn follow_with_a_closure(client: Client, input: ProTextToVideoInput, bar: &Bar) -> Result<(), Error> {
    let completed = client.subscribe::<ProTextToVideo>(&input).on_update(|update| bar.show(update)).await?;
    Ok(())
}

#[rustfmt::skip]
async fn after_a_reload(client: Client, saved: String) -> Result<(), Box<dyn StdError>> {
    let request: RequestHandle = serde_json::from_str(&saved)?;
    let completed = client.resume::<VideoOutput>(&request).await?;
    Ok(())
}

#[rustfmt::skip]
async fn options(client: Client, input: ProImageToVideoInput, blob: Blob) -> Result<(), Error> {
    let call = client
        .endpoint::<ProImageToVideo>(&input)
        .file("image_url", &blob)        // uploaded, and replaced by its URL
        .priority(Priority::Low)
        .webhook("https://example.com/hook")
        .start_timeout(Duration::from_secs(60))
        .timeout(Duration::from_secs(600))
        .subscribe();
    let url = call.await?.data.video.url;
    Ok(())
}

#[rustfmt::skip]
async fn uploads(client: Client, blob: Blob, bar: &Bar) -> Result<(), Error> {
    let url = client.upload(&blob).on_progress(|sent| bar.set(sent.loaded / sent.total)).await?;
    Ok(())
}

#[rustfmt::skip]
async fn errors(client: Client, input: ProTextToVideoInput) {
    match client.subscribe::<ProTextToVideo>(&input).await {
        Ok(completed) => show(completed.data.video.url),
        Err(Error::Api { status: 422, fields, .. }) => show_fields(fields),
        Err(Error::InvalidInput { fields }) => show_fields(fields), // nothing was sent
        Err(Error::Network { is_offline: true, .. }) => say("You are offline."),
        Err(error) if error.job_may_exist() => say("The job may run: look before you submit it again."),
        Err(error) => say(error),
    }
}

/// The lines of code in a text, without their indentation.
fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

/// The blocks of Rust in a Markdown file.
fn blocks(markdown: &str) -> Vec<&str> {
    let blocks = markdown.split("```rust\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default())
        .collect()
}

#[test]
fn all_rust_code_of_the_documentation_is_compiled() {
    let compiled = lines(include_str!("guide.rs"));
    for (file, text) in [
        ("README.md", include_str!("../README.md")),
        ("docs/rust.md", include_str!("../docs/rust.md")),
    ] {
        let blocks = blocks(text);
        assert!(!blocks.is_empty(), "{file} has no block of Rust");
        for block in blocks {
            let wanted = lines(block);
            assert!(
                compiled.windows(wanted.len()).any(|part| part == wanted),
                "{file} has code that tests/guide.rs does not compile:\n{block}"
            );
        }
    }
}
