// The endpoints that the emulator serves, and what is sent to them here.

export const IMAGE_TO_VIDEO = "fal-ai/kandinsky5-pro/image-to-video";
export const TEXT_TO_VIDEO = "fal-ai/kandinsky5-pro/text-to-video";
/** The one whose videos take the least time. */
export const DISTILL = "fal-ai/kandinsky5/text-to-video/distill";

/** An input of `DISTILL` for its smallest picture: 512 × 512 pixels, 5 s. */
export const SQUARE = { prompt: "a river", aspect_ratio: /** @type {const} */ ("1:1") };

/** A key of the form that fal.ai gives out. */
export const KEY = "key-id:key-secret";
/** An emulator's arguments to refuse every other key. */
export const STRICT = ["--require-key", KEY];
/** What is answered then (protocol §3.2). */
export const WRONG_KEY = { detail: "invalid key credentials" };
