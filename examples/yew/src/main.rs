//! A picture becomes a video, in a Yew app.

mod image_to_video;
mod job;
mod saved;
mod words;

use image_to_video::ImageToVideo;
use yew::prelude::*;

#[component]
fn App() -> Html {
    html! {
        <main>
            <h1>{ "A video from a picture" }</h1>
            <ImageToVideo />
        </main>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
