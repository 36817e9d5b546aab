// Elements that show pictures, films and sounds in the page.
import { h } from "./dom.js";

/** @import { Media } from "./types.d.ts" */

/**
 * An element that shows a picture, film or sound.
 * @param {Media} media
 */
export function preview({ kind, url, name }, { isThumbnail = false } = {}) {
  if (kind === "image") return withFallback(h("img", { src: url, alt: isThumbnail ? "" : name, loading: isThumbnail && "lazy" }), name);
  if (kind === "audio") return h("audio", { src: url, controls: true, preload: "metadata", "aria-label": name });
  const asThumbnail = isThumbnail ? { tabindex: -1, "aria-hidden": "true" } : { controls: true, "aria-label": name };
  // Half a second in, as the first frame of many films is black.
  return withFallback(h("video", { src: `${url}#t=0.5`, muted: true, playsinline: true, preload: "metadata", ...asThumbnail }), name);
}

/**
 * Large previews of the media in a result, with their names.
 * @param {Media[]} media
 */
export const previews = (media) =>
  media.map((each) => h("figure", {}, preview(each), h("figcaption", {}, h("a", { href: each.url, target: "_blank", rel: "noreferrer" }, each.name))));

/**
 * Replaces media that the browser cannot show with a text: the file may be gone, or not be a picture.
 * @param {HTMLElement} element
 * @param {string} name
 */
function withFallback(element, name) {
  element.addEventListener("error", () => element.replaceWith(h("p", { class: "no-preview" }, `No preview of ${name}`)));
  return element;
}
