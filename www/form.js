// The form's values: read them, check them, and keep each tab's own while the other is shown. The prompt is of both tabs.
import { $, all } from "./dom.js";
import { MODELS } from "./models.js";

/** @import { FieldError, FieldName, Input, Mode, Picture, Wish } from "./types.d.ts" */

/** @typedef {Exclude<FieldName, "image_url">} ControlName */

/**
 * The form, with the image field's file as its `image_url`.
 * @param {{ readonly picture: Picture | undefined }} image
 */
export function createForm(image) {
  const form = $("form");
  /**
   * Radio groups and inputs. Both have a `value` to read and write.
   * @type {Record<ControlName, { value: string }>}
   */
  const controls = {
    prompt: $("prompt"),
    resolution: form.elements.resolution,
    aspect_ratio: form.elements.aspect_ratio,
    duration: form.elements.duration,
    num_inference_steps: $("steps"),
    acceleration: form.elements.acceleration,
    seed: $("seed"),
  };
  const names = /** @type {ControlName[]} */ (Object.keys(controls)).filter((name) => name !== "prompt");
  const snapshot = () => /** @type {Record<ControlName, string>} */ (Object.fromEntries(names.map((name) => [name, controls[name].value])));
  const kept = { image: snapshot(), text: snapshot() };
  /** @type {Mode} */
  let mode = "image";

  /** @param {FieldName} name */
  function valueOf(name) {
    if (name === "image_url") return image.picture?.file;
    const { value } = controls[name];
    if (name === "prompt") return value.trim();
    if (name === "num_inference_steps" || name === "seed") return value === "" ? undefined : Number(value);
    return value;
  }

  return {
    /**
     * Shows the fields of this tab and restores its values.
     * @param {Mode} next
     */
    setMode(next) {
      kept[mode] = snapshot();
      mode = next;
      for (const name of names) controls[name].value = kept[mode][name];
      for (const field of all(form, "[data-only]")) field.hidden = field.dataset.only !== mode;
      $("steps").max = String(MODELS[mode].maxSteps);
      $("stage-hint").textContent = MODELS[mode].hint;
      const { endpointId } = MODELS[mode];
      $("model-link").href = `https://fal.ai/models/${endpointId}`;
      $("model-link").textContent = endpointId;
    },

    /**
     * The values of the form, without empty fields.
     * @returns {Wish}
     */
    read() {
      const { endpointId, fields } = MODELS[mode];
      const filled = fields.map((name) => [name, valueOf(name)]).filter(([, value]) => value !== undefined);
      return { mode, endpointId, input: /** @type {Input} */ (Object.fromEntries(filled)) };
    },

    /** The problems that the page can find without asking the service. */
    check() {
      const { maxSteps } = MODELS[mode];
      /** @type {FieldError[]} */
      const errors = [];
      /** @type {(field: FieldName, holds: unknown, text: string) => void} */
      const require = (field, holds, text) => holds || errors.push({ field, text });
      if (mode === "image") require("image_url", image.picture, "Choose an image to start from.");
      require("prompt", valueOf("prompt"), "Write what should happen in the video.");
      require("num_inference_steps", $("steps").validity.valid, `A whole number from 1 to ${maxSteps}.`);
      require("seed", $("seed").validity.valid, "A whole number, or nothing.");
      return errors;
    },
  };
}
