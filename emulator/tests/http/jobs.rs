//! Whole jobs, from a picture or a prompt to a video that can be decoded.

use fal_emulator::Options;
use serde_json::{Value, json};

use crate::common::{Emulator, I2V, T2V, data_uri, follow_up, input, options, picture, png};
use crate::film::{difference, motion, watch};

async fn video(emulator: &Emulator, output: &Value) -> Vec<u8> {
    let url = output["video"]["url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{}/files/b/", emulator.origin())),
        "{url}"
    );
    let file = emulator.get(url).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("video/mp4"));
    assert_eq!(output["video"]["file_size"], file.body.len());
    file.body.to_vec()
}

#[tokio::test]
async fn a_data_uri_becomes_a_video_that_begins_with_the_picture() {
    let emulator = Emulator::start().await;
    let picture = picture(768, 512);
    let id = emulator
        .submit(I2V, &input(&data_uri(&png(&picture))))
        .await;
    let status = emulator.completed(&id).await;
    assert!(status["metrics"]["inference_time"].as_f64().unwrap() > 0.0);
    assert_eq!(status.get("error"), None);

    let result = emulator.get(&follow_up(&id, "")).await;
    assert_eq!(result.status, 200);
    assert_eq!(result.header("x-fal-request-id"), Some(id.as_str()));
    assert_eq!(result.header("x-fal-billable-units"), Some("1"));
    let output = result.json();
    assert_eq!(output["seed"], 7);
    assert_eq!(output["video"]["content_type"], "application/octet-stream");
    assert_eq!(output["video"]["file_name"], "output.mp4");

    let film = watch(&video(&emulator, &output).await);
    assert_eq!((film.width, film.height, film.frames), (768, 512, 120));
    assert!((film.seconds - 5.0).abs() < 1e-6);
    let difference = difference(&film, &picture);
    assert!(difference < 6.0, "the first frame is off by {difference}");
}

#[tokio::test]
async fn the_camera_moves_unless_it_is_told_to_stand_still() {
    for (still, moves) in [(false, true), (true, false)] {
        let emulator = Emulator::with(Options { still, ..options() }).await;
        let picture = data_uri(&png(&picture(300, 200)));
        let output = emulator.run(I2V, &input(&picture)).await.json();
        let film = watch(&video(&emulator, &output).await);
        assert_eq!((film.width, film.height, film.frames), (768, 512, 120));
        let motion = motion(&film);
        assert_eq!(motion > 2.0, moves, "still {still}: {motion}");
    }
}

#[tokio::test]
async fn the_log_tells_what_is_done_while_it_is_done() {
    let emulator = Emulator::start().await;
    let url = data_uri(&png(&picture(60, 40)));
    let id = emulator.submit(I2V, &input(&url)).await;
    let status = emulator.completed(&id).await;
    let logs = status["logs"].as_array().unwrap();
    let messages: Vec<_> = logs
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert!(messages[0].starts_with(I2V), "{messages:?}");
    assert!(messages[1].contains("60x40 pixels"), "{messages:?}");
    assert!(messages.contains(&"Rendering frame 36 of 120 (30%)"));
    assert!(
        messages
            .last()
            .unwrap()
            .starts_with("Finished: 768x512, 120 frames")
    );
    for line in logs {
        assert_eq!(
            (&line["level"], &line["source"]),
            (&json!("INFO"), &json!("USER"))
        );
        assert_eq!(
            line["timestamp"].as_str().unwrap().len(),
            "2026-03-01T10:00:00.120000".len()
        );
    }
    let silent = emulator.get(&follow_up(&id, "/status")).await.json();
    assert_eq!(silent["logs"], Value::Null);
    assert!(silent.as_object().unwrap().contains_key("logs"));
}

#[tokio::test]
async fn an_uploaded_file_becomes_a_video() {
    let emulator = Emulator::start().await;
    let initiate = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
    let description = json!({"content_type": "image/png", "file_name": "in.png"});
    let initiated = emulator
        .proxied("POST", initiate, &description)
        .await
        .json();
    let upload_url = initiated["upload_url"].as_str().unwrap();
    let put = emulator
        .send(
            "PUT",
            upload_url,
            &[("content-type", "image/png")],
            png(&picture(400, 400)),
        )
        .await;
    assert_eq!(put.status, 200);

    let file_url = initiated["file_url"].as_str().unwrap();
    let made = emulator.run(I2V, &input(file_url)).await;
    let film = watch(&video(&emulator, &made.json()).await);
    assert_eq!((film.width, film.height, film.frames), (512, 512, 120));
}

#[tokio::test]
async fn a_prompt_alone_becomes_a_video_of_the_aspect_asked_for() {
    let emulator = Emulator::start().await;
    let distill = "fal-ai/kandinsky5/text-to-video/distill";
    let input = json!({"prompt": "a fox", "aspect_ratio": "2:3"});
    let result = emulator.run(distill, &input).await.json();
    assert_eq!(result.get("seed"), None);
    let film = watch(&video(&emulator, &result).await);
    assert_eq!((film.width, film.height, film.frames), (512, 768, 120));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_video() {
    let emulator = Emulator::start().await;
    let input = json!({"prompt": "a fox", "seed": -3, "aspect_ratio": "1:1"});
    let first = emulator.run(T2V, &input).await.json();
    let second = emulator.run(T2V, &input).await.json();
    assert_eq!(first["seed"], -3);
    assert_ne!(first["video"]["url"], second["video"]["url"]);
    assert!(video(&emulator, &first).await == video(&emulator, &second).await);
}

#[tokio::test]
async fn a_video_is_served_in_ranges() {
    let emulator = Emulator::start().await;
    let input = json!({"prompt": "a fox", "aspect_ratio": "1:1"});
    let output = emulator.run(T2V, &input).await.json();
    let whole = video(&emulator, &output).await;
    let url = output["video"]["url"].as_str().unwrap();

    let part = emulator
        .send("GET", url, &[("range", "bytes=4-11")], "")
        .await;
    assert_eq!(part.status, 206);
    assert_eq!(part.body, whole[4..12]);
    let range = format!("bytes 4-11/{}", whole.len());
    assert_eq!(part.header("content-range"), Some(range.as_str()));

    let end = emulator
        .send("GET", url, &[("range", "bytes=-5")], "")
        .await;
    assert_eq!(end.body, whole[whole.len() - 5..]);

    let beyond = emulator
        .send("GET", url, &[("range", "bytes=99999999-")], "")
        .await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("cache-control"), None);
}
