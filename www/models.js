// The two endpoints of the page and the differences between them.

/** @import { FieldName, Mode } from "./types.d.ts" */

/**
 * @typedef {object} Model
 * @property {string} endpointId
 * @property {FieldName[]} fields in the order of fal.ai's documentation
 * @property {number} maxSteps
 * @property {string} hint
 */

/**
 * The endpoint and the fields of each tab, by its mode.
 * @type {Record<Mode, Model>}
 */
export const MODELS = {
  image: {
    endpointId: "fal-ai/kandinsky5-pro/image-to-video",
    fields: ["prompt", "image_url", "resolution", "duration", "num_inference_steps", "acceleration", "seed"],
    maxSteps: 40,
    hint: "Choose a photo, say what should happen, press Generate.",
  },
  text: {
    endpointId: "fal-ai/kandinsky5-pro/text-to-video",
    fields: ["prompt", "resolution", "aspect_ratio", "duration", "num_inference_steps", "acceleration", "seed"],
    maxSteps: 50,
    hint: "Say what should happen, press Generate.",
  },
};
