// The JavaScript that makes the same call as the form. It is updated with every change of the form.
import { element } from "./dom.js";
import { MODELS } from "./models.js";

/** @import { Input, Mode, Wish } from "./types.d.ts" */

/**
 * Writes the code for `input` into `target`. The key itself is never passed to this function.
 * @param {HTMLElement} target
 * @param {Wish & { viaKey: boolean }} wish
 */
export function renderSnippet(target, { mode, endpointId, input, viaKey }) {
  const lines = [
    'import { fal } from "fal-wasm";',
    "",
    viaKey
      ? 'fal.config({ credentials: "YOUR_FAL_KEY" }); // readable by anything in the page'
      : 'fal.config({ proxyUrl: "/api/fal/proxy" });',
    "",
    ...(mode === "image" ? fileLines(input.image_url) : []),
    `const result = await fal.subscribe(${JSON.stringify(endpointId)}, {`,
    "  input: {",
    ...fieldLines(mode, input),
    "  },",
    "  logs: true,",
    "  onQueueUpdate: (update) => console.log(update.status),",
    "});",
    "",
    "console.log(result.data.video.url, result.requestId);",
  ];
  target.replaceChildren(...lines.flatMap((line) => [...paint(line), "\n"]));
}

/** @param {File | undefined} file */
function fileLines(file) {
  const chosen = file ? ` // ${oneLine(file.name)}` : "";
  return [`const file = document.querySelector("input[type=file]").files[0];${chosen}`, ""];
}

/**
 * @param {Mode} mode
 * @param {Input} input
 */
function fieldLines(mode, input) {
  const filled = MODELS[mode].fields.filter((name) => name in input || name === "image_url");
  return filled.map((name) => `    ${name}: ${name === "image_url" ? "file" : JSON.stringify(input[name])},`);
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
  if (line.startsWith("import")) return ["import { fal } from ", element("mark", '"fal-wasm"'), ";"];
  const comment = line.search(/ \/\/ [^"]*$/);
  return comment < 0 ? [line] : [line.slice(0, comment), element("span", line.slice(comment), "comment")];
}
