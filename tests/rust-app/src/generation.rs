//! One video in the making: asked for when the component comes, cancelled when it goes.

use fal_wasm::{
    Call, Client, Completed, Progress, RequestHandle, Status, Update,
    models::kandinsky5::{ProTextToVideo, ProTextToVideoInput, VideoOutput},
};
use futures_util::future::abortable;
use yew::{platform::spawn_local, prelude::*};

use crate::{problem::explain, saved};

/// What to make a video of.
#[derive(Clone, PartialEq)]
pub(crate) enum Order {
    /// A new one.
    Prompt(AttrValue),
    /// One that was asked for before the page was reloaded.
    Saved(RequestHandle),
}

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) order: Order,
    pub(crate) on_cancel: Callback<()>,
}

/// How far it is: in words, and at the end the video's URL or why there is none.
enum Stage {
    Going(String),
    Done(String),
    Failed(String),
}

#[component]
pub(crate) fn Generation(Props { order, on_cancel }: &Props) -> Html {
    let stage = use_state(|| Stage::Going("Submitting".to_owned()));
    let setter = stage.setter();
    let order = order.clone();
    use_effect_with((), move |()| {
        let (job, handle) = abortable(generate(begin(order), setter));
        spawn_local(async move {
            let _ = job.await;
        });
        // Ends the task, which drops the call. The client then cancels the request.
        move || {
            handle.abort();
            saved::forget();
        }
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

fn begin(order: Order) -> Call<Completed<VideoOutput>> {
    let client = Client::with_proxy("/api/fal/proxy");
    match order {
        Order::Saved(request) => client.resume(&request),
        Order::Prompt(prompt) => client.subscribe::<ProTextToVideo>(&ProTextToVideoInput {
            prompt: prompt.to_string(),
            ..Default::default()
        }),
    }
}

async fn generate(call: Call<Completed<VideoOutput>>, stage: UseStateSetter<Stage>) {
    let ended = call.on_update(|update| match update {
        Update::Enqueued(request) => saved::save(&request),
        Update::Status(status) => stage.set(Stage::Going(describe(&status))),
        Update::Progress(Progress::Reconnecting { .. } | Progress::Offline { .. }) => {
            stage.set(Stage::Going("Reconnecting".to_owned()));
        }
        _ => {}
    });
    let ended = ended.await;
    saved::forget();
    stage.set(match ended {
        Ok(completed) => Stage::Done(completed.data.video.url),
        Err(error) => Stage::Failed(explain(&error)),
    });
}

fn describe(status: &Status) -> String {
    match status {
        Status::InQueue { queue_position } => {
            format!("In the queue, {} ahead", queue_position.unwrap_or_default())
        }
        Status::Completed { .. } => "Fetching the video".to_owned(),
        status => match status.logs().last() {
            Some(log) => log.message.clone(),
            None => "In progress".to_owned(),
        },
    }
}
