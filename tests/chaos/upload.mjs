// Uploads a large file while one part in five fails. It must arrive byte for byte.
import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { peakMemory } from "../bench/memory.mjs";
import { meter } from "../bench/page/meter.mjs";
import { keyProblems } from "./keys.mjs";
import { untilOver } from "./over.mjs";
import { failingParts } from "./plan.mjs";
import { random } from "./page/random.js";
import { KEY } from "./setup.mjs";
import { row, zero } from "./table.mjs";

const MEBIBYTE = 1_048_576;
/** The most memory that the page may use, in bytes: JavaScript's heap, array buffers and WebAssembly. */
const MOST_BYTES = 64_000_000;

/** Uploads `bytes` bytes within `within_ms` and returns the figures. */
export async function upload(chaos, { bytes, seed, within_ms }) {
  const file = path.join(chaos.folder, "large.bin");
  const hash = randomFile(file, bytes, seed);
  const view = await chaos.open({ url: chaos.emulator.url, before: meter });
  try {
    const devtools = await view.page.context().newCDPSession(view.page);
    await view.page.setInputFiles("input", file);
    await chaos.emulator.clearRequests();
    await chaos.emulator.plan(failingParts(seed));
    const watched = peakMemory({ page: view.page, devtools });
    await view.page.evaluate(begin, KEY);
    try {
      await untilOver(view.page, within_ms);
    } finally {
      await watched.stop();
    }
    const { peak } = await watched.stop();
    const sent = await view.page.evaluate(() => window.run.found());
    const { calls, struck } = await chaos.emulator.clearPlan();
    const problems = {
      different: sent.error ? [sent.error] : await difference(sent.url, bytes, hash),
      back: sent.back,
      heap: peak > MOST_BYTES ? [`${(peak / 1e6).toFixed(1)} MB`] : [],
      unhandled: [...sent.unhandled, ...view.thrown],
      key: keyProblems({ calls: [], records: await chaos.emulator.requests(), misplaced: [], said: view.said, key: KEY }),
    };
    return { bytes, calls, struck, peak, ...sent, problems };
  } finally {
    await view.close();
    rmSync(file, { force: true });
  }
}

/** Begins the upload. Runs in the page. */
function begin(credentials) {
  const input = /** @type {HTMLInputElement} */ (document.querySelector("input"));
  const [file] = /** @type {FileList} */ (input.files);
  const fal = library.createFalClient({ proxyUrl: "/api/fal/proxy", credentials, suppressLocalCredentialsWarning: true });
  const back = [];
  let before = 0;
  let reports = 0;
  const onUploadProgress = ({ loaded, total }) => {
    if (loaded < before || loaded > total) back.push(`${loaded} of ${total} after ${before}`);
    [before, reports] = [loaded, reports + 1];
  };
  const from = performance.now();
  let found;
  const end = (sent) => (found = { ...sent, ms: performance.now() - from, reports, back, unhandled: window.unhandled });
  fal.storage.upload(file, { onUploadProgress }).then(
    (url) => end({ url }),
    (error) => end({ error: `${error.name}: ${error.message}` }),
  );
  window.run = { isOver: () => found !== undefined, underWay: () => `${before} bytes of ${file.size}`, found: () => found };
}

/** Writes a file that is the same for the same seed, and has no two equal mebibytes. Returns its hash. */
function randomFile(name, bytes, seed) {
  const chance = random(seed);
  const block = new Uint32Array(MEBIBYTE / 4).map(() => chance() * 2 ** 32);
  const hash = createHash("sha256");
  const file = openSync(name, "w");
  for (let at = 0; at < bytes; at += MEBIBYTE) {
    block[0] = at / MEBIBYTE;
    const piece = new Uint8Array(block.buffer, 0, Math.min(MEBIBYTE, bytes - at));
    hash.update(piece);
    writeSync(file, piece);
  }
  closeSync(file);
  return hash.digest("hex");
}

/** Compares the stored file with the original. Reads it in chunks. Returns the difference, if there is one. */
async function difference(url, bytes, wanted) {
  const answer = await fetch(url);
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    hash.update(chunk);
    length += chunk.length;
  }
  if (length !== bytes) return [`${length} bytes in place of ${bytes}`];
  const found = hash.digest("hex");
  return found === wanted ? [] : [`the hash is ${found}, not ${wanted}`];
}

export const rows = ({ bytes, calls, struck, peak, ms, reports, problems }) => [
  row("bytes", bytes),
  row("ms", Math.round(ms)),
  row("parts and completions that were sent", calls),
  row("of them failed", struck),
  row("reports of progress", reports),
  row("MB of memory that the page held at most", Number((peak / 1e6).toFixed(1))),
  zero("not byte-identical", problems.different),
  zero("progress going back", problems.back),
  zero("more than 64 MB of memory", problems.heap),
  zero("unhandled rejections", problems.unhandled),
  zero("key seen in the wrong place", problems.key),
];
