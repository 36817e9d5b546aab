// The form's values: read them, check them, and keep each tab's own while the other is shown.
import { $ } from "./dom.js";
import { MODELS } from "./models.js";

/** The form, with the image field's file as its `image_url`. */
export function createForm(image) {
  const form = $("form");
  // Radio groups (RadioNodeList) and inputs alike are read and written through `.value`.
  const controls = {
    prompt: $("prompt"),
    resolution: form.elements.resolution,
    aspect_ratio: form.elements.aspect_ratio,
    duration: form.elements.duration,
    num_inference_steps: $("steps"),
    acceleration: form.elements.acceleration,
    seed: $("seed"),
  };
  const names = Object.keys(controls);
  const snapshot = () => Object.fromEntries(names.map((name) => [name, controls[name].value]));
  const kept = { image: snapshot(), text: snapshot() };
  let mode = "image";

  function valueOf(name) {
    if (name === "image_url") return image.file;
    const { value } = controls[name];
    if (name === "prompt") return value.trim();
    if (name === "num_inference_steps" || name === "seed") return value === "" ? undefined : Number(value);
    return value;
  }

  return {
    /** Shows the fields and the kept values of this tab. */
    setMode(next) {
      kept[mode] = snapshot();
      mode = next;
      for (const name of names) controls[name].value = kept[mode][name];
      for (const field of form.querySelectorAll("[data-only]")) field.hidden = field.dataset.only !== mode;
      $("steps").max = MODELS[mode].maxSteps;
      $("stage-hint").textContent = MODELS[mode].hint;
      const { endpointId } = MODELS[mode];
      $("model-link").href = `https://fal.ai/models/${endpointId}`;
      $("model-link").textContent = endpointId;
    },

    /** `{ mode, endpointId, input }`, the input without the fields left empty. */
    read() {
      const { endpointId, fields } = MODELS[mode];
      const filled = fields.map((name) => [name, valueOf(name)]).filter(([, value]) => value !== undefined);
      return { mode, endpointId, input: Object.fromEntries(filled) };
    },

    /** What can be known to be wrong before asking the service: `[{ field, text }]`. */
    check() {
      const { maxSteps } = MODELS[mode];
      const errors = [];
      const require = (field, holds, text) => holds || errors.push({ field, text });
      if (mode === "image") require("image_url", image.file, "Choose an image to start from.");
      require("prompt", valueOf("prompt"), "Write what should happen in the video.");
      require("num_inference_steps", $("steps").validity.valid, `A whole number from 1 to ${maxSteps}.`);
      require("seed", $("seed").validity.valid, "A whole number, or nothing.");
      return errors;
    },
  };
}
