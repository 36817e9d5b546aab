// A body of a request or an answer: its text, indented if it is JSON, and the media that it names.
import { copyButton, h } from "./dom.js";
import { formatBytes } from "./format.js";
import { indentJson } from "./json-text.js";
import { fileName, mediaIn, mediaKind, previewOf } from "./media.js";
import { preview, previews } from "./preview.js";

/** @import { Body } from "./types.d.ts" */

/**
 * @param {Body} body
 * @param {{label: string, forwards: boolean, file?: string | null | undefined, level?: 3 | 4}} about `file` is the path of the
 * stored file if the body is one, `level` the level of its heading
 */
export function showBody(body, { label, forwards, file, level = 4 }) {
  const { bytes, content_type: type, text, is_cut: isCut, first_bytes: first } = body;
  const size = bytes === 0 ? "empty" : [formatBytes(bytes), type?.split(";")[0]].filter(Boolean).join(", ");
  const head = h("div", { class: "body-head" }, h(level === 3 ? "h3" : "h4", {}, label), h("p", { class: "body-size" }, size));
  if (bytes === 0) return h("div", { class: "body" }, head);
  if (text === undefined) return h("div", { class: "body" }, head, ...showBinary(first ?? "", file, type ?? ""));
  const written = indentJson(text);
  head.append(copyButton("Copy", () => written, `Copy ${label.toLowerCase()}`));
  const media = mediaIn(text, { origin: location.origin, forwards });
  return h(
    "div",
    { class: "body" },
    head,
    ...(media.length > 0 ? [h("div", { class: "previews" }, ...previews(media))] : []),
    h("pre", { tabindex: 0, "aria-label": label }, h("code", {}, written)),
    isCut && h("p", { class: "hint" }, `The first ${formatBytes(text.length)} of ${formatBytes(bytes)}.`),
  );
}

/**
 * @param {string} first
 * @param {string | null | undefined} file
 * @param {string} type
 */
function showBinary(first, file, type) {
  const kind = file && mediaKind(file, type);
  /** @type {HTMLElement[]} */
  const shown = [];
  if (file && kind) shown.push(h("div", { class: "previews" }, h("figure", {}, preview({ kind, url: previewOf(file), name: fileName(file) }))));
  shown.push(h("p", { class: "bytes" }, "Begins with ", h("code", {}, first)));
  return shown;
}
