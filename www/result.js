// The stage and the facts below it. The stage shows nothing at first, then the picture during a run, then the video.
import { $, announce, element, formatBytes, sayLoud } from "./dom.js";
import { downloadFrom } from "./download.js";
import { showProblem } from "./problem.js";

/** @import { Made } from "./types.d.ts" */

/** @typedef {Partial<Record<"Size" | "Length" | "File" | "Seed" | "Made in", string | number | undefined>>} Facts */

/** Shows the last video until a newer one replaces it. */
export function createResult() {
  const video = $("video");
  const still = $("stage-still");
  /** @type {Facts} */
  let facts = {};

  /** @param {"busy" | "none" | "video"} state */
  function stage(state) {
    const seesPicture = state === "busy" && Boolean(still.src);
    $("stage").dataset.state = state;
    $("stage-empty").hidden = seesPicture || state === "video";
    $("stage-title").textContent = state === "busy" ? "The video is being made" : "No video was made";
    $("stage-hint").hidden = true;
    still.hidden = !seesPicture;
    video.hidden = $("made").hidden = state !== "video";
  }

  function showFacts() {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    $("facts").replaceChildren(
      ...known.map(([name, value]) => {
        const pair = element("div");
        pair.append(element("dt", name), element("dd", String(value)));
        return pair;
      }),
    );
  }

  video.addEventListener("loadedmetadata", () => {
    facts.Size = `${video.videoWidth} × ${video.videoHeight}`;
    facts.Length = `${video.duration.toFixed(1)} s`;
    showFacts();
  });
  video.addEventListener("error", () => {
    if (video.hidden) return;
    tell("The video cannot be shown here", "It was made, but this browser could not load or play it. Downloading it may work.");
  });
  $("loop").addEventListener("change", () => (video.loop = $("loop").checked));
  $("download").addEventListener("click", (event) => void downloadFrom(event));

  return {
    /**
     * Shows that a video is being made. If it is made from a picture, shows the picture.
     * @param {File} [file]
     */
    wait(file) {
      video.pause();
      if (still.src) URL.revokeObjectURL(still.src);
      if (file) still.src = URL.createObjectURL(file);
      else still.removeAttribute("src");
      stage("busy");
    },

    /** After a failed run, shows the previous video again. */
    restore() {
      stage(video.src ? "video" : "none");
    },

    /**
     * Plays the video of a result. If the result has none, says so.
     * @param {Made} made
     * @param {number} seconds
     */
    show({ data, requestId }, seconds) {
      $("request-id").textContent = requestId;
      const file = data?.video;
      if (!file?.url) {
        stage("none");
        tell("No video came back", "The run was completed, but its result holds no video.", requestId);
        return;
      }
      facts = {
        Size: undefined,
        Length: undefined,
        File: file.file_size ? formatBytes(file.file_size) : undefined,
        Seed: data?.seed ?? undefined,
        "Made in": `${seconds.toFixed(1)} s`,
      };
      showFacts();
      $("download").href = file.url;
      $("download").download = `video-${requestId.slice(0, 8)}.mp4`;
      stage("video");
      // If the person prefers reduced motion, do not start by itself.
      video.autoplay = !matchMedia("(prefers-reduced-motion: reduce)").matches;
      video.loop = $("loop").checked;
      video.src = file.url;
      announce(`The video is ready, after ${seconds.toFixed(1)} seconds.`);
    },
  };
}

/**
 * @param {string} title
 * @param {string} text
 * @param {string} [requestId]
 */
function tell(title, text, requestId) {
  showProblem({ title, text, requestId });
  sayLoud(`${title}. ${text}`);
}
