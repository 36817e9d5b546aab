// The stage and the facts under it: the picture before and during a run, the video after it.
import { $, announce, element, formatBytes, sayLoud } from "./dom.js";
import { downloadFrom } from "./download.js";
import { createGallery } from "./gallery.js";
import { hideProblem, offersContinue, showProblem } from "./problem.js";

/** @import { Label, Made, Picture, Shown } from "./types.d.ts" */

/** Shows one thing at a time. */
export function createResult() {
  const video = $("video");
  const still = $("stage-still");
  /** @type {Shown | undefined} */
  let current;
  /** @type {File | undefined} */
  let picture;
  const gallery = createGallery((shown) => {
    // The problem of another run is hidden, but not a job that can be continued.
    if (!offersContinue()) hideProblem();
    display(shown);
    announce(`Shown again: ${shown.prompt}`);
    $("stage").scrollIntoView({ block: "nearest" });
  });

  /**
   * @param {"ready" | "busy" | "none" | "video"} state
   * @param {string} [words]
   */
  function stage(state, words = "") {
    const seesPicture = state !== "video" && still.hasAttribute("src");
    $("stage").dataset.state = state;
    $("stage-empty").hidden = seesPicture || state === "video";
    $("stage-title").textContent = words || "The video plays here";
    $("stage-hint").hidden = state !== "ready";
    $("stage-caption").textContent = words;
    $("stage-caption").hidden = !seesPicture || !words;
    still.hidden = !seesPicture;
    video.hidden = $("made").hidden = state !== "video";
    if (state === "video") return;
    current = undefined;
    gallery.mark(undefined);
    video.pause();
    video.removeAttribute("src");
    video.load();
  }

  /** @param {string | undefined} src */
  function setStill(src) {
    if (still.src.startsWith("blob:")) URL.revokeObjectURL(still.src);
    if (src) still.src = src;
    else still.removeAttribute("src");
  }

  function setPicture() {
    setStill(picture && URL.createObjectURL(picture));
  }

  /** @param {Shown} shown */
  function showFacts({ facts }) {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    $("facts").replaceChildren(
      ...known.map(([name, value]) => {
        const pair = element("div");
        pair.append(element("dt", name), element("dd", String(value)));
        return pair;
      }),
    );
  }

  /** @param {Shown} shown */
  function display(shown) {
    $("request-id").textContent = shown.requestId;
    $("made-prompt").textContent = shown.prompt;
    $("download").href = shown.url;
    $("download").download = `video-${shown.requestId.slice(0, 8)}.mp4`;
    current = shown;
    showFacts(shown);
    stage("video");
    gallery.mark(shown);
    // Whoever asked for less motion presses play.
    video.autoplay = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    video.loop = $("loop").checked;
    video.src = shown.url;
  }

  video.addEventListener("loadedmetadata", () => {
    if (!current) return;
    current.facts.Size = `${video.videoWidth} × ${video.videoHeight}`;
    current.facts.Length = `${video.duration.toFixed(1)} s`;
    showFacts(current);
  });
  video.addEventListener("loadeddata", () => current && gallery.paint(current, video));
  video.addEventListener("error", () => {
    if (!current) return;
    tell("The video cannot be shown here", "It was made, but this browser could not load or play it. Downloading it may work.");
  });
  $("loop").addEventListener("change", () => (video.loop = $("loop").checked));
  $("download").addEventListener("click", (event) => void downloadFrom(event));

  return {
    /**
     * Shows the picture that a run would begin with, as it would be framed. A video or a run stays.
     * @param {Picture | undefined} next
     */
    preview(next) {
      const { state } = $("stage").dataset;
      const isNew = next?.file !== picture;
      picture = next?.file;
      if (state === "video" || state === "busy" || (state === "none" && !isNew)) return;
      if (isNew) setPicture();
      stage("ready", picture ? "Press Generate: the camera starts here" : "");
    },

    /**
     * Waits for a video, over the picture it is made from if there is one.
     * @param {string | undefined} thumbnail instead of the picture, if the page was loaded again
     */
    wait(thumbnail) {
      if (thumbnail) setStill(thumbnail);
      else setPicture();
      stage("busy", "The video will play here");
    },

    /**
     * A run has ended without a video.
     * @param {string} words
     */
    restore(words) {
      if ($("stage").dataset.state === "busy") stage("none", words);
    },

    /**
     * Plays the video of a result. If the result has none, says so.
     * @param {Made} made
     * @param {number} seconds
     * @param {Label} label
     */
    show({ data, requestId }, seconds, { prompt = "" }) {
      const file = data?.video;
      if (!file?.url) {
        stage("none", "No video was made");
        tell("No video came back", "The run was completed, but its result holds no video.", requestId);
        return;
      }
      /** @type {Shown} */
      const shown = {
        requestId,
        prompt,
        url: file.url,
        facts: {
          Size: undefined,
          Length: undefined,
          File: file.file_size ? formatBytes(file.file_size) : undefined,
          Seed: data?.seed ?? undefined,
          "Made in": `${seconds.toFixed(1)} s`,
        },
      };
      gallery.add(shown);
      display(shown);
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
