//! One video in the making: asked for when the component comes, cancelled when it goes.

use fal_wasm::{
    Client, Status,
    models::kandinsky5::{ProTextToVideo, ProTextToVideoInput},
};
use futures_util::{FutureExt, future::abortable};
use yew::{platform::spawn_local, prelude::*};

use crate::problem::explained;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) prompt: AttrValue,
    pub(crate) on_cancel: Callback<()>,
}

/// How far it is: in words, and at the end the video's URL or why there is none.
enum Stage {
    Going(String),
    Done(String),
    Failed(String),
}

#[component]
pub(crate) fn Generation(Props { prompt, on_cancel }: &Props) -> Html {
    let stage = use_state(|| Stage::Going("Submitting".to_owned()));
    let job = generate(prompt.to_string(), stage.setter());
    use_effect_with((), move |()| {
        let (job, handle) = abortable(job);
        spawn_local(job.map(|_| ()));
        // Ends the task, which drops its future, upon which the client cancels the request.
        move || handle.abort()
    });

    match &*stage {
        Stage::Going(progress) => html! {
            <>
                <p role="status">{ progress }</p>
                <button type="button" onclick={on_cancel.reform(|_| ())}>{ "Cancel" }</button>
            </>
        },
        Stage::Done(url) => html! { <video src={url.clone()} controls=true autoplay=true /> },
        Stage::Failed(why) => html! { <p role="alert">{ why }</p> },
    }
}

async fn generate(prompt: String, stage: UseStateSetter<Stage>) {
    let client = Client::with_proxy("/api/fal/proxy");
    let input = ProTextToVideoInput {
        prompt,
        ..Default::default()
    };
    let going = stage.clone();
    let on_update = move |status| going.set(Stage::Going(described(&status)));
    let ended = client.subscribe::<ProTextToVideo>(&input, on_update).await;
    stage.set(match ended.map(|completed| completed.data.video.url) {
        Ok(url) => Stage::Done(url),
        Err(error) => Stage::Failed(explained(&error)),
    });
}

fn described(status: &Status) -> String {
    match status {
        Status::InQueue { queue_position } => format!("In the queue, {queue_position} ahead"),
        Status::InProgress { logs } => match logs.as_ref().and_then(|logs| logs.last()) {
            Some(log) => log.message.clone(),
            None => "In progress".to_owned(),
        },
        Status::Completed { .. } => "Fetching the video".to_owned(),
    }
}
