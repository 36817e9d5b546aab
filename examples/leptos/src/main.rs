//! A picture becomes a video, in a Leptos app.

mod image_to_video;
mod job;
mod saved;
mod words;

use image_to_video::ImageToVideo;
use leptos::prelude::*;

fn main() {
    mount_to_body(|| {
        view! {
            <main>
                <h1>"A video from a picture"</h1>
                <ImageToVideo />
            </main>
        }
    });
}
