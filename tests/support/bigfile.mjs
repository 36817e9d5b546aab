// Files that are too large for memory. They are made on the disk, uploaded by a page, and compared by their hash. The page's
// memory is watched meanwhile.

import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";

const CHUNK_BYTES = 1 << 20;

/** @typedef {Awaited<ReturnType<typeof bigFile>>} BigFile */

/**
 * Makes a file of this size. No two of its mebibytes are the same. Resolves with `{ path, sha256(), remove() }`.
 * @param {number} bytes
 */
export async function bigFile(bytes, name = "big.bin") {
  const folder = await mkdtemp(path.join(tmpdir(), "fal-big-"));
  const file = path.join(folder, name);
  const chunk = randomBytes(CHUNK_BYTES);
  const handle = await open(file, "w");
  for (let at = 0; at < bytes; at += CHUNK_BYTES) {
    chunk.writeDoubleLE(at, 0);
    await handle.write(chunk, 0, Math.min(CHUNK_BYTES, bytes - at));
  }
  await handle.close();
  return { path: file, sha256: () => sha256(createReadStream(file)), remove: () => rm(folder, { recursive: true }) };
}

/**
 * The hash of the bytes at a URL. Reads them in chunks.
 * @param {string} url
 */
export async function sha256At(url) {
  const { body } = await fetch(url);
  return sha256(Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (body)));
}

/** @param {Readable} stream */
async function sha256(stream) {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Chooses the file in a page, as `window.bigFile`. A person would do the same, so its bytes stay on the disk.
 * @param {import("playwright-core").Page} page
 * @param {BigFile} file
 */
export async function choose(page, file) {
  await page.setContent("<input type=file>");
  await page.locator("input").setInputFiles(file.path);
  // Read the size: from then on the browser notices changes of the file.
  await page.evaluate(() => {
    const input = /** @type {HTMLInputElement} */ (document.querySelector("input"));
    const [chosen] = /** @type {FileList} */ (input.files);
    window.bigFile = chosen;
    return chosen.size;
  });
}

/**
 * Watches a page's memory while `work` runs. Resolves with the outcome of the work, and with `peakBytes()`, the highest use of
 * memory. Objects, array buffers and WebAssembly count.
 * @template Outcome
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<Outcome>} work
 */
export async function watchMemory(page, work) {
  const session = await page.context().newCDPSession(page);
  const held = async () => {
    /** @type {{ usedSize: number, embedderHeapUsedSize?: number, backingStorageSize?: number }} */
    const usage = await session.send("Runtime.getHeapUsage");
    const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage;
    return usedSize + embedderHeapUsedSize + backingStorageSize;
  };
  await session.send("HeapProfiler.collectGarbage");
  let peakBytes = await held();
  let isDone = false;
  const watching = (async () => {
    while (!isDone) {
      peakBytes = Math.max(peakBytes, await held());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  try {
    return { outcome: await work(), peakBytes: () => peakBytes };
  } finally {
    isDone = true;
    await watching;
    await session.detach();
  }
}

/**
 * Uploads a file of this size from a page with `fal`, with the given options. Compares the stored file with the original.
 * Resolves with `{ isSame, peakBytes, ms, reports, thrown }`. `reports` are the progress reports as `[ms, loaded, total]`.
 * @param {Pick<import("./client.mjs").Client, "page" | "run">} client
 * @param {number} bytes
 * @param {import("fal-wasm").UploadOptions} [options]
 */
export async function uploadBigFile({ page, run }, bytes, options = {}) {
  const file = await bigFile(bytes);
  try {
    await choose(page, file);
    const upload = async (/** @type {import("fal-wasm").UploadOptions} */ options) => {
      /** @type {[ms: number, loaded: number, total: number][]} */
      const reports = [];
      const from = performance.now();
      /** @type {(progress: import("fal-wasm").UploadProgress) => void} */
      const onUploadProgress = ({ loaded, total }) => reports.push([performance.now() - from, loaded, total]);
      const url = await fal.storage.upload(window.bigFile, { ...options, onUploadProgress });
      return { url, ms: performance.now() - from, reports };
    };
    const { outcome, peakBytes } = await watchMemory(page, () => run(upload, options));
    if (outcome.thrown) return { ...outcome, isSame: false, peakBytes: peakBytes() };
    const isSame = (await sha256At(outcome.url)) === (await file.sha256());
    return { ...outcome, isSame, peakBytes: peakBytes() };
  } finally {
    await file.remove();
  }
}
