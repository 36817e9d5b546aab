// Browsers ignore `download` on a link to another origin, and fal.ai serves its files from another origin.
import { announce } from "./dom.js";

/**
 * A click listener for a link with `download`. It saves the file, whichever origin it is on.
 * @param {MouseEvent} event
 */
export async function downloadFrom(event) {
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  if (new URL(link.href).origin === location.origin || link.href.startsWith("blob:")) return;
  event.preventDefault();
  try {
    const reply = await fetch(link.href);
    if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
    save(await reply.blob(), link.download);
  } catch {
    announce("The file could not be read by the page, so it opens in a new tab: save it from there.");
    open(link.href, "_blank", "noopener");
  }
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
