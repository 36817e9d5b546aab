// Shows the JavaScript of the call that the page makes, with all options that run.js gives it.
import { element } from "./dom.js";
import { labelOf } from "./label.js";
import { MODELS } from "./models.js";

/** @import { Input, Mode, Picture, Wish } from "./types.d.ts" */

/** As much of a thumbnail as is shown. */
const THUMBNAIL_SHOWN = 30;

/**
 * Writes the code for `input` into `target`. The key itself is never passed to this function.
 * @param {HTMLElement} target
 * @param {Wish & { viaKey: boolean, picture: Picture | undefined }} wish
 */
export function renderSnippet(target, { mode, endpointId, input, viaKey, picture }) {
  const lines = [
    `import { ${viaKey ? "createFalClient" : "fal"} } from "fal-wasm";`,
    "",
    ...clientLines(viaKey),
    ...(mode === "image" ? fileLines(input.image_url) : []),
    "const controller = new AbortController(); // controller.abort() cancels the job",
    "",
    `const result = await fal.subscribe(${JSON.stringify(endpointId)}, {`,
    "  input: {",
    ...fieldLines(mode, input),
    "  },",
    "  label: { // saved with the request id, to name the job after a reload",
    ...labelLines({ mode, viaKey, prompt: String(input.prompt ?? ""), thumbnail: mode === "image" ? picture?.thumbnail : undefined }),
    "  },",
    "  logs: true,",
    "  abortSignal: controller.signal,",
    '  onEnqueue: (requestId) => console.log("In the queue:", requestId),',
    "  onProgress: (progress) => console.log(progress.phase, progress.progress), // reconnecting and offline, too",
    "  onQueueUpdate: (update) => console.log(update.status, update.logs),",
    "});",
    "",
    "console.log(result.data.video.url, result.requestId);",
  ];
  target.replaceChildren(...lines.flatMap((line) => [...paint(line), "\n"]));
}

/** @param {boolean} viaKey */
function clientLines(viaKey) {
  if (!viaKey) return ['fal.config({ proxyUrl: "/api/fal/proxy", persist: true }); // persist: a reload loses no job', ""];
  return [
    "const fal = createFalClient({",
    '  credentials: "YOUR_FAL_KEY", // readable by anything in the page',
    "  suppressLocalCredentialsWarning: true,",
    "  persist: true, // a reload loses no job",
    "});",
    "",
  ];
}

/** @param {File | undefined} file */
function fileLines(file) {
  const chosen = file ? ` // ${oneLine(file.name)}` : "";
  return [`const file = document.querySelector("input[type=file]").files[0];${chosen}`];
}

/**
 * @param {Mode} mode
 * @param {Input} input
 */
function fieldLines(mode, input) {
  const filled = MODELS[mode].fields.filter((name) => name in input || name === "image_url");
  return filled.map((name) => `    ${name}: ${name === "image_url" ? "file" : JSON.stringify(input[name])},`);
}

/** @param {{ mode: Mode, viaKey: boolean, prompt: string, thumbnail: string | undefined }} about */
function labelLines(about) {
  const { thumbnail, ...others } = labelOf(about);
  const lines = Object.entries(others).map(([name, value]) => `    ${name}: ${JSON.stringify(value)},`);
  return thumbnail ? [...lines, `    thumbnail: ${JSON.stringify(`${thumbnail.slice(0, THUMBNAIL_SHOWN)}…`)}, // ${thumbnail.length} characters`] : lines;
}

/**
 * Replaces line breaks in a file name, because the name is shown in a one-line comment.
 * @param {string} name
 */
const oneLine = (name) => name.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ");

/**
 * Highlights the only difference from fal.ai's example, and dims comments.
 * @param {string} line
 */
function paint(line) {
  if (line.startsWith("import")) return [line.slice(0, line.indexOf('"')), element("mark", '"fal-wasm"'), ";"];
  const comment = line.search(/ \/\/ [^"]*$/);
  return comment < 0 ? [line] : [line.slice(0, comment), element("span", line.slice(comment), "comment")];
}
