//! The form, and below it the job that was ordered last.

use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::{
    job::{Job, Order, Stage},
    saved,
};

#[component]
pub fn ImageToVideo() -> Html {
    let picture = use_node_ref();
    let prompt = use_node_ref();
    let generate = use_node_ref();
    // The newest order, and its number. At first, what was under way when the page was reloaded.
    let order = use_state(|| (0, saved::load().map(Order::Saved)));
    let stage = use_state_eq(|| Stage::Idle);

    // The next order takes the place of the one before it, whose job is dropped.
    use_effect_with(order.0, {
        let (order, stage) = (order.clone(), stage.clone());
        move |_| {
            let setter = stage.setter();
            let new = order.1.clone();
            let job = new.map(|order| Job::start(order, move |now| setter.set(now)));
            if job.is_none() && *stage != Stage::Idle {
                stage.set(Stage::Cancelled);
            }
            move || drop(job)
        }
    });

    let onsubmit = {
        let (picture, prompt, order) = (picture.clone(), prompt.clone(), order.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let file = || picture.cast::<HtmlInputElement>()?.files()?.get(0);
            let prompt = prompt.cast::<HtmlTextAreaElement>();
            if let (Some(picture), Some(prompt)) = (file(), prompt) {
                let prompt = prompt.value();
                order.set((order.0 + 1, Some(Order::New { picture, prompt })));
            }
        }
    };
    let on_cancel = {
        let (generate, order) = (generate.clone(), order.clone());
        move |_: MouseEvent| {
            order.set((order.0 + 1, None));
            // The button that had the focus goes away.
            if let Some(generate) = generate.cast::<HtmlElement>() {
                let _ = generate.focus();
            }
        }
    };

    html! {
        <>
            <form {onsubmit}>
                <label for="picture">{ "Picture" }</label>
                <input id="picture" ref={picture} type="file" accept="image/*" required=true />
                <label for="prompt">{ "Prompt" }</label>
                <textarea id="prompt" ref={prompt} rows="3" required=true />
                <button ref={generate}>{ "Generate" }</button>
            </form>
            // Both are there from the start: screen readers announce changes of what they know already.
            <p role="status">{ stage.status() }</p>
            <p role="alert">{ stage.problem() }</p>
            if let Some(running) = stage.running() {
                <progress
                    aria-label="Progress"
                    max="1"
                    value={running.share.map(|share| share.to_string())}
                />
                <p class="log">{ running.log.clone() }</p>
                <button type="button" onclick={on_cancel}>{ "Cancel" }</button>
            }
            if let Some(url) = stage.video_url() {
                <video src={url.to_owned()} controls=true autoplay=true />
            }
        </>
    }
}
