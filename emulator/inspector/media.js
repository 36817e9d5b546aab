// Finds the URLs of pictures, films and sounds in a text, and the URLs to show them from. Pure.

/** @import { Media } from "./types.d.ts" */

/** @type {Record<Media["kind"], RegExp>} */
const KINDS = {
  image: /\.(png|jpe?g|webp|gif|avif)$/i,
  video: /\.(mp4|webm|mov|m4v)$/i,
  audio: /\.(mp3|wav|ogg|oga|m4a|flac|opus)$/i,
};

/** The form of a stored file's path, on the emulator and on fal.ai's file hosts. */
const STORED = /^\/files\/b\/[0-9a-f]{8}\/[0-9a-f]{24}_[\w.-]+$/;
const URLS = /https?:\/\/[^\s"'<>\\]+/g;

/** The most media that are shown beside one result. */
const MOST = 12;

/**
 * The path by which the inspector shows a stored file.
 * @param {string} path
 */
export const previewOf = (path) => `/inspector${path}`;

/**
 * The file name that the sender of a stored file gave.
 * @param {string} path
 */
export const fileName = (path) => path.slice(path.lastIndexOf("/") + 1).replace(/^[0-9a-f]{24}_/, "");

/**
 * `image`, `video` or `audio`: by the content type if it is one of these, otherwise by the name. `undefined` for other files.
 * @param {string} name
 */
export function mediaKind(name, contentType = "") {
  const kinds = /** @type {Media["kind"][]} */ (Object.keys(KINDS));
  const told = kinds.find((kind) => contentType.startsWith(`${kind}/`));
  if (told) return contentType.includes("svg") ? undefined : told;
  return kinds.find((kind) => KINDS[kind].test(name));
}

/**
 * The media whose URLs are in `text`, each once: `{ kind, url, name }`. Files of this emulator get a URL of the inspector, whose
 * requests are not recorded. Files on fal.ai's hosts keep their URL if the emulator forwards to fal.ai. Other media are left out.
 * @param {string} text
 * @param {{origin: string, forwards: boolean}} page
 */
export function mediaIn(text, { origin, forwards }) {
  /** @type {Map<string, Media>} */
  const found = new Map();
  for (const [written] of text.matchAll(URLS)) {
    const place = parse(written);
    if (!place || found.has(place.href)) continue;
    const kind = mediaKind(place.pathname);
    const url = kind && whereShown(place, { origin, forwards });
    if (kind && url) found.set(place.href, { kind, url, name: fileName(place.pathname) });
  }
  return [...found.values()].slice(0, MOST);
}

/**
 * @param {URL} place
 * @param {{origin: string, forwards: boolean}} page
 */
function whereShown(place, { origin, forwards }) {
  const isFal = place.protocol === "https:" && place.hostname.endsWith(".fal.media");
  if (isFal && forwards) return place.href;
  // A URL on fal's hosts may be a file of this emulator, and so may a URL with another name of this machine.
  const isOwn = place.origin === origin || isFal || isLoopback(place);
  return isOwn && STORED.test(place.pathname) ? previewOf(place.pathname) : undefined;
}

/** @param {URL} place */
const isLoopback = ({ hostname }) => ["localhost", "127.0.0.1", "[::1]"].includes(hostname);

/** @param {string} url */
function parse(url) {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
