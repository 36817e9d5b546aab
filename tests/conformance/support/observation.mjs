// Describes what a client did. Values that differ from run to run are replaced.
import { createHash } from "node:crypto";

/** Headers that the browser sets. The client chooses all others. */
const OF_THE_BROWSER =
  /^(:|sec-|host$|origin$|referer$|user-agent$|connection$|content-length$|accept-encoding$|accept-language$|priority$|cache-control$|pragma$)/;
const LONGEST_BODY = 4000;
const LONGEST_HEX = 300;

/** Describes a request for the comparison. */
export function shownRequest({ method, url, headers, body }) {
  const chosen = Object.entries(headers).filter(([name]) => !OF_THE_BROWSER.test(name));
  return { method, url, headers: Object.fromEntries(chosen.sort()), body: shownBody(body) };
}

function shownBody(body) {
  if (body.length === 0) return null;
  const text = body.toString("utf8");
  const isText = Buffer.from(text).equals(body) && !text.includes("\0");
  if (isText && body.length <= LONGEST_BODY) return text;
  if (body.length <= LONGEST_HEX) return `0x${body.toString("hex")}`;
  return `${body.length} bytes, SHA-256 ${createHash("sha256").update(body).digest("hex").slice(0, 16)}`;
}

/** @typedef {(found: string) => string} Replace */

/** @type {[RegExp, (known: Map<string, string>) => Replace][]} */
const VARYING = [
  [/https:\/\/[a-z]+-\d+\.conformance\.test/g, () => () => "https://page.test"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, numbered("id")],
  [/\/files\/b\/[0-9a-f]{8}\/[\w-]+_/g, numbered("file")],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, () => () => "«jwt»"],
  [/\b1[78]\d{11}\b/g, () => () => "«ms»"],
  [/(?<=[?&](?:signature|expires|sig|exp|token)=)[\w.-]+/gi, () => () => "«signed»"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)?/g, () => () => "«time»"],
  [/(?<="file_size":)\d+/g, () => () => '"«bytes»"'],
  [/(?<="inference_time":)[\d.]+/g, () => () => '"«seconds»"'],
];

/** Replaces random ids, times and ports. The same value is always replaced by the same word. */
export function normalise(observation) {
  let text = JSON.stringify(observation);
  for (const [pattern, begin] of VARYING) text = text.replace(pattern, begin(new Map()));
  return JSON.parse(text);
}

function numbered(word) {
  return (known) => (found) => {
    if (!known.has(found)) known.set(found, `«${word} ${known.size + 1}»`);
    return known.get(found);
  };
}

/** Keeps the first of equal neighbours: how often a client polls depends on the clock. */
export function withoutRepeats(list) {
  return list.filter((item, at) => at === 0 || JSON.stringify(item) !== JSON.stringify(list[at - 1]));
}
