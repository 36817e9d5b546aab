// The calls of fal: the code of fal.ai's documentation, with the import changed.
import { createFalClient, fal } from "fal-wasm";

/** @import { Entry, Label, Listeners, Made, Wish } from "./types.d.ts" */

// Save jobs until their videos have arrived, so that a reload loses none.
fal.config({ proxyUrl: "/api/fal/proxy", persist: true });

/**
 * A separate client for a key, so that the shared client does not keep the key.
 * @param {string | undefined} key
 */
const clientFor = (key) =>
  key ? createFalClient({ credentials: key, suppressLocalCredentialsWarning: true, persist: true }) : fal;

/**
 * Makes the video. The client uploads a `File` in `input`. snippet.js shows the same call.
 * @param {Wish & Listeners & { label: Label, key: string | undefined }} wish
 * @returns {Promise<Made>}
 */
export function run({ endpointId, input, label, key, signal, onEnqueue, onProgress, onUpdate }) {
  return clientFor(key).subscribe(endpointId, {
    input,
    label,
    logs: true,
    abortSignal: signal,
    onEnqueue,
    onProgress,
    onQueueUpdate: onUpdate,
  });
}

/**
 * Goes on with a job that was left, or whose connection was lost.
 * @param {Pick<Listeners, "signal" | "onProgress" | "onUpdate"> & { entry: Entry, key: string | undefined }} given
 * @returns {Promise<Made>}
 */
export function resume({ entry, key, signal, onProgress, onUpdate }) {
  return clientFor(key).resume(entry, { abortSignal: signal, onProgress, onQueueUpdate: onUpdate });
}

/** The jobs of this page, also those that were begun with a key. */
async function listJobs() {
  const pending = await fal.pending({ allRoutes: true });
  return /** @type {Entry[]} */ (pending.filter(({ label }) => label?.mode));
}

/**
 * The newest unfinished job that no other tab follows.
 * @returns {Promise<Entry | undefined>}
 */
export async function unfinished() {
  const ours = await listJobs();
  for (const entry of ours) if (entry.state === "expired") await fal.forget(entry);
  return ours.findLast(({ state, isFollowed }) => state === "pending" && !isFollowed);
}

/**
 * The job with this id, if it can be resumed.
 * @param {string} requestId
 * @returns {Promise<Entry | undefined>}
 */
export async function savedJob(requestId) {
  const ours = await listJobs();
  return ours.find((entry) => entry.requestId === requestId && entry.state === "pending");
}
