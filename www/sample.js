// The photo that the page begins with, so that one press makes a video. Its prompt is in the page.
import { $ } from "./dom.js";

const URL_OF_SAMPLE = "/sample.jpg";
const NAME = "lake-at-dusk.jpg";

/**
 * The sample photo. Without it, the page asks for one.
 * @returns {Promise<File | undefined>}
 */
export async function fetchSample() {
  const reply = await fetch(URL_OF_SAMPLE).catch(() => undefined);
  return reply?.ok ? new File([await reply.blob()], NAME, { type: "image/jpeg" }) : undefined;
}

/** Whether the prompt is the sample's still. */
export const isSamplePrompt = () => $("prompt").value === $("prompt").defaultValue;
