// The videos that were made since the page was loaded, newest first. Nothing of it is stored.
import { $, element } from "./dom.js";

/** @import { Shown } from "./types.d.ts" */

/** As wide as a picture of the gallery is drawn, in pixels. */
const WIDTH = 320;

/**
 * `onSelect(shown)` when a person wants to see that video again.
 * @param {(shown: Shown) => void} onSelect
 */
export function createGallery(onSelect) {
  const list = $("gallery-items");
  /** @type {Map<Shown, { button: HTMLElement, canvas: HTMLCanvasElement }>} */
  const items = new Map();

  return {
    /** @param {Shown} shown */
    add(shown) {
      const button = element("button", "", "gallery-item");
      button.setAttribute("type", "button");
      const canvas = document.createElement("canvas");
      button.append(canvas, element("span", shown.prompt || "A video"));
      button.addEventListener("click", () => onSelect(shown));
      const item = element("li");
      item.append(button);
      list.prepend(item);
      items.set(shown, { button, canvas });
      $("gallery").hidden = false;
    },

    /**
     * Marks the video that is on the stage, if one is.
     * @param {Shown | undefined} shown
     */
    mark(shown) {
      for (const [each, { button }] of items) {
        if (each === shown) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
    },

    /**
     * Draws the first frame of a video, which the page need not be allowed to read.
     * @param {Shown} shown
     * @param {HTMLVideoElement} video
     */
    paint(shown, video) {
      const canvas = items.get(shown)?.canvas;
      if (!canvas || canvas.classList.contains("painted")) return;
      canvas.width = WIDTH;
      canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
      canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
      canvas.classList.add("painted");
    },
  };
}
