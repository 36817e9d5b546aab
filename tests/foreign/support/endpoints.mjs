// The emulator's endpoints, and the inputs and keys for them in these tests.

export const IMAGE_TO_VIDEO = "fal-ai/kandinsky5-pro/image-to-video";
export const TEXT_TO_VIDEO = "fal-ai/kandinsky5-pro/text-to-video";
/** The endpoint that renders the fastest. */
export const DISTILL = "fal-ai/kandinsky5/text-to-video/distill";

/** An input of `DISTILL` for its smallest picture: 512 × 512 pixels, 5 s. */
export const SQUARE = { prompt: "a river", aspect_ratio: /** @type {const} */ ("1:1") };

/** A key of the form that fal.ai gives out. */
export const KEY = "key-id:key-secret";
/** The emulator's arguments to refuse every other key. */
export const STRICT = ["--require-key", KEY];
/** The emulator's answer to another key (protocol §3.2). */
export const WRONG_KEY = { detail: "invalid key credentials" };
