//! The form, and below it the newest job.

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
    // The newest order, and its number. The first one is the request that was running when the page was reloaded, if saved.
    let order = use_state(|| (0, saved::load().map(Order::Saved)));
    let stage = use_state_eq(|| Stage::Idle);

    // A new order replaces the previous one. Replacing an order drops its job.
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
            // Cancel is about to disappear. Move the focus, so that keyboard users do not lose it.
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
            // Render both elements from the start: screen readers announce changes only in elements that they already know.
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
