//! Text to video in a Yew app: a form, and below it the video that was asked for last.

mod generation;
mod problem;
mod saved;

use generation::{Generation, Order};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

#[component]
fn App() -> Html {
    let field = use_node_ref();
    // What was asked for last, and its number, which tells it from the same prompt before. At first, what was under way
    // when the page was reloaded.
    let order = use_state(|| saved::load().map(|request| (0, Order::Saved(request))));

    let onsubmit = {
        let (field, order) = (field.clone(), order.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let number = order.as_ref().map_or(0, |(number, _)| number + 1);
            let prompt = field.cast().map(|field: HtmlTextAreaElement| field.value());
            order.set(prompt.map(|prompt| (number, Order::Prompt(prompt.into()))));
        }
    };
    let on_cancel = {
        let order = order.setter();
        move |()| order.set(None)
    };

    html! {
        <main>
            <h1>{ "A video from words" }</h1>
            <form {onsubmit}>
                <label for="prompt">{ "Prompt" }</label>
                <textarea id="prompt" ref={field} required=true />
                <button>{ "Generate" }</button>
            </form>
            if let Some((number, order)) = &*order {
                // Another key is another component: it takes the place of the former one.
                <Generation key={*number} order={order.clone()} {on_cancel} />
            }
        </main>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
