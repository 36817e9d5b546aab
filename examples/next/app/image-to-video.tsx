"use client";

import { fal } from "fal-wasm";
import { useFal } from "fal-wasm/react";
import { type SubmitEvent, useState } from "react";

// The route in app/api/fal/proxy, unless the environment names another proxy.
fal.config({ proxyUrl: process.env.NEXT_PUBLIC_FAL_PROXY ?? "/api/fal/proxy" });

export function ImageToVideo() {
  const [photo, setPhoto] = useState<File>();
  const [prompt, setPrompt] = useState("slow dolly in, leaves moving");
  const { run, cancel, status, isRunning, progress, data, error } = useFal("fal-ai/kandinsky5-pro/image-to-video");

  const generate = (event: SubmitEvent) => {
    event.preventDefault();
    if (photo) void run({ prompt, image_url: photo });
  };

  return (
    <>
      <form onSubmit={generate}>
        <label>
          Photo
          <input type="file" accept="image/*" required onChange={({ target }) => setPhoto(target.files?.[0])} />
        </label>
        <label>
          Prompt
          <textarea required value={prompt} onChange={({ target }) => setPrompt(target.value)} />
        </label>
        <button disabled={isRunning}>Generate</button>
        {isRunning && <button type="button" onClick={cancel}>Cancel</button>}
      </form>
      {isRunning && <progress aria-label="Progress" value={progress?.progress} />}
      <p role="status">{progress?.phase ?? status}</p>
      {error && <p role="alert">{error.message}</p>}
      {data && <video src={data.video.url} controls autoPlay loop muted playsInline />}
    </>
  );
}
