//! The form, and below it the newest job.

use leptos::{
    ev::SubmitEvent,
    html::{Button, Input, Textarea},
    prelude::*,
};

use crate::{
    job::{Job, Order, Stage},
    saved,
};

#[component]
pub fn ImageToVideo() -> impl IntoView {
    let picture = NodeRef::<Input>::new();
    let prompt = NodeRef::<Textarea>::new();
    let generate = NodeRef::<Button>::new();
    // The first order is the request that was running when the page was reloaded, if one was saved.
    let order = RwSignal::new_local(saved::load().map(Order::Saved));
    let stage = RwSignal::new(Stage::Idle);

    // A new order replaces the previous one. Replacing an order drops its job.
    Effect::new(move |_| match order.get() {
        Some(order) => {
            let job = Job::start(order, move |now| stage.set(now));
            on_cleanup(move || drop(job));
        }
        None => stage.update(|stage| {
            if *stage != Stage::Idle {
                *stage = Stage::Cancelled;
            }
        }),
    });

    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let file = || picture.get()?.files()?.get(0);
        if let (Some(picture), Some(prompt)) = (file(), prompt.get()) {
            let prompt = prompt.value();
            order.set(Some(Order::New { picture, prompt }));
        }
    };
    let on_cancel = move |_| {
        order.set(None);
        // Cancel is about to disappear. Move the focus, so that keyboard users do not lose it.
        if let Some(generate) = generate.get() {
            let _ = generate.focus();
        }
    };

    let running = Memo::new(move |_| stage.with(|stage| stage.running().cloned()));
    let share = move || running.get()?.share;
    let log = move || running.get()?.log;
    let video_url = Memo::new(move |_| stage.with(|stage| stage.video_url().map(String::from)));

    view! {
        <form on:submit=on_submit>
            <label for="picture">"Picture"</label>
            <input id="picture" node_ref=picture type="file" accept="image/*" required />
            <label for="prompt">"Prompt"</label>
            <textarea id="prompt" node_ref=prompt rows="3" required></textarea>
            <button node_ref=generate>"Generate"</button>
        </form>
        // Render both elements from the start: screen readers announce changes only in elements that they already know.
        <p role="status">{move || stage.with(Stage::status)}</p>
        <p role="alert">{move || stage.with(Stage::problem)}</p>
        <Show when=move || running.with(Option::is_some)>
            <progress aria-label="Progress" max="1" value=share></progress>
            <p class="log">{log}</p>
            <button type="button" on:click=on_cancel>"Cancel"</button>
        </Show>
        {move || video_url.get().map(|url| view! { <video src=url controls autoplay></video> })}
    }
}
