// The files that the emulator stores, uploads and results: a preview of each, and the time when it expires.
import { $, copyButton, h, setText } from "./dom.js";
import { showEmpty } from "./empty.js";
import { formatBytes, formatClock, formatUntil } from "./format.js";
import { createList } from "./list.js";
import { fileName, mediaKind, previewOf } from "./media.js";
import { preview } from "./preview.js";

/** @import { Page, Panel, StoredFile } from "./types.d.ts" */

/** @type {Partial<Record<StoredFile["access"], string>>} */
const ACCESS = { forbid: "only for callers with a key", hide: "hidden from callers without a key" };

/**
 * @param {Page} page
 * @returns {Panel}
 */
export function createFiles({ state }) {
  const cards = $("file-cards");
  /** @type {(files: StoredFile[]) => void} */
  const showCards = createList(cards, { key: ({ path, stored_ms: at }) => `${path} ${at}`, create, update: () => {} });

  function render() {
    showCards(state.files);
    tick();
    showEmpty(
      $("file-empty"),
      state.files.length === 0,
      "No files yet",
      state.mode === "forward"
        ? "The emulator forwards: files are stored by fal.ai."
        : "What is uploaded, and what jobs make, is shown here, with the time that it is kept. fal.storage.upload(file) sends one.",
    );
    setText($("count-files"), state.files.length ? String(state.files.length) : "");
  }

  /** Updates the remaining times, which change without an event from the emulator. */
  function tick() {
    const now = Date.now();
    for (const [at, file] of state.files.entries()) {
      const ends = cards.children[at]?.querySelector(".ends");
      if (ends) setText(ends, endOf(file, now));
    }
  }

  return { render, tick };
}

/**
 * @param {StoredFile} file
 * @param {number} now
 */
function endOf({ expires_at_ms: end }, now) {
  if (!end) return "kept";
  return end <= now ? "expired" : `expires ${formatUntil(end, now)}`;
}

/** @param {StoredFile} file */
function create(file) {
  const name = fileName(file.path);
  const kind = mediaKind(file.path, file.content_type);
  const picture = kind && kind !== "audio" ? preview({ kind, url: previewOf(file.path), name }, { isThumbnail: true }) : h("p", { class: "no-preview" }, file.content_type);
  const url = location.origin + file.path;
  return h(
    "li",
    { class: "card" },
    h("div", { class: "thumbnail" }, picture),
    h("p", { class: "name" }, h("a", { href: previewOf(file.path), target: "_blank", rel: "noreferrer" }, name)),
    h("p", { class: "about" }, `${formatBytes(file.bytes)}, ${file.content_type}`),
    h("p", { class: "about" }, `${formatClock(file.stored_ms).slice(0, 8)}, `, h("span", { class: "ends" })),
    ACCESS[file.access] && h("p", { class: "about" }, ACCESS[file.access]),
    copyButton("Copy URL", () => url, `Copy URL of ${name}`),
  );
}
