// The Image field: pick, drop anywhere on the page, or paste; see what will be sent.
import { $, announce, element, formatBytes } from "./dom.js";
import { clearFieldErrors, showFieldErrors } from "./field-errors.js";
import { PictureError, readPicture } from "./picture.js";
import { fetchSample, isSamplePrompt } from "./sample.js";

/** @import { Picture } from "./types.d.ts" */

/**
 * `onChange()` after every change of `picture`; `onDrop()` when a picture arrives by dropping,
 * wherever on the page that was.
 * @param {{ onChange: () => void, onDrop: () => void }} listeners
 */
export function createImageField({ onChange, onDrop }) {
  const input = $("image");
  const preview = $("image-preview");
  const field = /** @type {HTMLElement} */ ($("drop").parentElement);
  /** @type {Picture | undefined} */
  let picture;
  /** Counts the choices: only the last one is shown. */
  let choice = 0;
  let reading = Promise.resolve();

  /**
   * Reads a file, and takes it if it is a picture.
   * @param {File} file
   * @param {{ isSample?: boolean }} [options]
   */
  async function take(file, { isSample = false } = {}) {
    const mine = (choice += 1);
    clearFieldErrors(field);
    if (!isSample) showReading(file);
    try {
      const next = await readPicture(file);
      if (mine !== choice) return;
      // The sample's prompt says nothing of another picture.
      if (!isSample && isSamplePrompt()) $("prompt").value = "";
      set(next);
      if (!isSample) announce(["Image:", $("image-chosen").textContent, ...next.notes].join(" "));
    } catch (error) {
      if (mine !== choice) return;
      set(picture);
      const text = error instanceof PictureError ? error.message : `“${file.name}” could not be read. It may have been moved or changed.`;
      showFieldErrors([{ field: "image_url", text }]);
    }
  }

  /** @param {File} file */
  function showReading({ name }) {
    $("image-bar").hidden = false;
    $("image-chosen").textContent = `Reading ${name} …`;
  }

  /** @param {Picture | undefined} next */
  function set(next) {
    const isNew = next !== picture;
    picture = next;
    keepInInput();
    preview.hidden = $("image-bar").hidden = !next;
    $("use-sample").hidden = Boolean(next);
    $("drop").classList.toggle("filled", Boolean(next));
    $("image-chosen").textContent = next ? `${next.file.name}, ${next.width} × ${next.height}, ${formatBytes(next.file.size)}` : "";
    $("image-notes").replaceChildren(...(next?.notes ?? []).map((note) => element("li", note)));
    $("image-notes").hidden = !next || next.notes.length === 0;
    if (!isNew) return;
    if (preview.src) URL.revokeObjectURL(preview.src);
    if (next) preview.src = URL.createObjectURL(next.file);
    else preview.removeAttribute("src");
    onChange();
  }

  // Put dropped, pasted and converted files into the field, too. Assistive technology reads the name there.
  function keepInInput() {
    const held = new DataTransfer();
    if (picture) held.items.add(picture.file);
    input.files = held.files;
  }

  /** @param {File} file */
  function choose(file) {
    reading = take(file);
  }

  async function useSample() {
    const before = choice;
    const file = await fetchSample();
    // If the user has chosen a picture meanwhile, keep it.
    if (before !== choice) return;
    if (file) await take(file, { isSample: true });
    else $("use-sample").hidden = false;
  }

  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    // Whoever closes the chooser without a choice keeps what there was.
    if (file) choose(file);
    else keepInInput();
  });
  $("image-replace").addEventListener("click", () => input.click());
  $("image-remove").addEventListener("click", () => {
    choice += 1;
    clearFieldErrors(field);
    set(undefined);
    input.focus();
    announce("Image removed");
  });
  $("use-sample").addEventListener("click", () => {
    if ($("prompt").value.trim() === "") $("prompt").value = $("prompt").defaultValue;
    reading = useSample().then(() => announce(picture ? `Image: ${$("image-chosen").textContent}` : "The sample photo could not be loaded."));
    input.focus();
  });

  // Handle drops on the whole page: a photo dropped next to the field would otherwise replace the page.
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    $("drop").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) $("drop").classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    $("drop").classList.remove("over");
    const dropped = event.dataTransfer?.files[0];
    if (!dropped) return;
    event.preventDefault();
    onDrop();
    choose(dropped);
  });
  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!pasted || field.hidden) return;
    event.preventDefault();
    choose(pasted);
  });

  reading = useSample();

  return {
    /** The chosen picture, or undefined. */
    get picture() {
      return picture;
    },
    /** Resolves when the last choice has been read. */
    settle: async () => {
      for (let last; last !== reading; ) await (last = reading);
    },
  };
}
