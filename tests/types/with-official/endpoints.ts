// With the documented line, the calls of all official endpoints have types. The types of this package's endpoints stay the
// same.

import { fal, type InputType, type OutputType } from "fal-wasm";

const flux = await fal.subscribe("fal-ai/flux/dev", { input: { prompt: "a cat", num_images: 2 } });
export const url: string | undefined = flux.data.images[0]?.url;
export const input: InputType<"fal-ai/flux/dev"> = { prompt: "a cat" };
export const output = (it: OutputType<"fal-ai/flux/dev">): number => it.seed;

// @ts-expect-error no such field
await fal.subscribe("fal-ai/flux/dev", { input: { prompt: "a cat", promt: "" } });
// @ts-expect-error of another type
await fal.queue.submit("fal-ai/flux/dev", { input: { prompt: "a cat", num_images: "2" } });
// @ts-expect-error no such field in the output
flux.data.video;

const video = await fal.subscribe("fal-ai/kandinsky5-pro/image-to-video", {
  input: { prompt: "", image_url: new Blob([]), seed: 1 },
});
export const seed: number | undefined = video.data.seed;
export const videoUrl: string | undefined = video.data.video?.url;
// @ts-expect-error a field is missing
await fal.run("fal-ai/kandinsky5-pro/image-to-video", { input: { prompt: "" } });

// Ids that neither package knows still take any input.
await fal.run("acme/app", { input: { anything: 1 } });
