// The Image field: choose a picture, drop it anywhere on the page, or paste it. The field shows the picture.
import { $, announce, formatBytes } from "./dom.js";
import { clearFieldErrors, showFieldErrors } from "./field-errors.js";

/**
 * Calls `onChange()` after every change of `file`, and `onDrop()` when a file is dropped anywhere on the page.
 * @param {{ onChange: () => void, onDrop: () => void }} listeners
 */
export function createImageField({ onChange, onDrop }) {
  const input = $("image");
  const preview = $("image-preview");
  const types = input.accept.split(",");
  const field = /** @type {HTMLElement} */ ($("drop").parentElement);
  /** @type {File | undefined} */
  let file;

  /** @param {File | undefined} next */
  function take(next) {
    clearFieldErrors(field);
    if (!next) return;
    if (!types.includes(next.type)) {
      keepInInput();
      const type = next.type ? ` (${next.type})` : "";
      showFieldErrors([{ field: "image_url", text: `“${next.name}”${type} is not taken. JPEG, PNG, WebP and GIF are.` }]);
      return;
    }
    void set(next);
  }

  /** @param {File | undefined} next */
  async function set(next) {
    file = next;
    keepInInput();
    URL.revokeObjectURL(preview.src);
    preview.hidden = $("image-bar").hidden = !file;
    $("image-chosen").textContent = "";
    $("drop").classList.toggle("filled", Boolean(file));
    onChange();
    if (!file) return preview.removeAttribute("src");
    /** @type {Promise<boolean>} */
    const loaded = new Promise((resolve) => Object.assign(preview, { onload: () => resolve(true), onerror: () => resolve(false) }));
    preview.src = URL.createObjectURL(file);
    // Not `decode()`: in WebKitGTK it never settles if the file is not a picture.
    const shown = await loaded;
    if (file !== next) return;
    // Keep the file even if it cannot be shown: the service decides which files it accepts.
    preview.hidden = !shown;
    $("drop").classList.toggle("filled", shown);
    $("image-chosen").textContent = shown
      ? `${file.name}, ${preview.naturalWidth} × ${preview.naturalHeight}, ${formatBytes(file.size)}`
      : `${file.name}, ${formatBytes(file.size)} (no preview: this browser cannot read it)`;
    announce(`Image: ${$("image-chosen").textContent}`);
  }

  // Put dropped and pasted files into the input, too, so that assistive technology reads their names in the field.
  function keepInInput() {
    const held = new DataTransfer();
    if (file) held.items.add(file);
    input.files = held.files;
  }

  input.addEventListener("change", () => take(input.files?.[0]));
  $("image-replace").addEventListener("click", () => input.click());
  $("image-remove").addEventListener("click", () => {
    void set(undefined);
    input.focus();
    announce("Image removed");
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
    take(dropped);
  });
  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!pasted || field.hidden) return;
    event.preventDefault();
    take(pasted);
  });

  return {
    /** The chosen file, or undefined. */
    get file() {
      return file;
    },
  };
}
