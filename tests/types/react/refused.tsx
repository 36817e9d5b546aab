// Programs that must not compile: an `@ts-expect-error` above a line without an error is itself an error.

import { useFal } from "fal-wasm/react";

export function Refused(): void {
  const { run, data, status, error } = useFal("fal-ai/kandinsky5-pro/image-to-video");
  // @ts-expect-error a field is missing
  void run({ prompt: "" });
  // @ts-expect-error no such field
  void run({ prompt: "", image_url: "https://a.b/c.png", promt: "" });
  // @ts-expect-error the hook sets the signals itself
  void run({ prompt: "", image_url: "https://a.b/c.png" }, { abortSignal: new AbortController().signal });
  // @ts-expect-error a key is the hook's
  void run({ prompt: "", image_url: "https://a.b/c.png" }, { key: "b" });
  // @ts-expect-error there may be no result yet
  console.log(data.video.url);
  // @ts-expect-error no such field in the output
  console.log(data?.image);
  // @ts-expect-error only a failed job has an error
  if (status === "success") console.log(error.message);
  // @ts-expect-error the input is the run's
  useFal("acme/app", { input: {} });
  // @ts-expect-error no such option
  useFal("acme/app", { onQueueUpdate: () => {} });
}
