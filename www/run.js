// The calls of fal: the code of fal.ai's documentation, with the import changed.
import { createFalClient, fal } from "fal-wasm";

/** @import { Entry, Listeners, Made, Wish } from "./types.d.ts" */

// Save jobs until their videos have arrived, so that a reload loses none.
fal.config({ proxyUrl: "/api/fal/proxy", persist: true });

/**
 * A separate client for a key, so that the shared client does not keep the key.
 * @param {string | undefined} key
 */
const clientFor = (key) =>
  key ? createFalClient({ credentials: key, suppressLocalCredentialsWarning: true, persist: true }) : fal;

/**
 * Makes a video. The client uploads a `File` in `input`.
 * @param {Wish & Listeners & { key: string | undefined }} wish
 * @returns {Promise<Made>}
 */
export function run({ endpointId, input, mode, key, signal, onUpload, onEnqueue, onUpdate }) {
  return clientFor(key).subscribe(endpointId, {
    input,
    logs: true,
    label: { mode, viaKey: Boolean(key) },
    abortSignal: signal,
    onUploadProgress: onUpload,
    onEnqueue,
    onQueueUpdate: onUpdate,
  });
}

/**
 * Resumes a job that was running when the page was left.
 * @param {Pick<Listeners, "signal" | "onUpdate"> & { entry: Entry, key: string | undefined }} given
 * @returns {Promise<Made>}
 */
export function resume({ entry, key, signal, onUpdate }) {
  return clientFor(key).resume(entry, { abortSignal: signal, onQueueUpdate: onUpdate });
}

/**
 * The newest unfinished job that no other tab follows.
 * @returns {Promise<Entry | undefined>}
 */
export async function unfinished() {
  // All routes: includes jobs that were started with a key.
  const pending = await fal.pending({ allRoutes: true });
  const ours = /** @type {Entry[]} */ (pending.filter(({ label }) => label?.mode));
  for (const entry of ours) if (entry.state === "expired") await fal.forget(entry);
  return ours.findLast(({ state, isFollowed }) => state === "pending" && !isFollowed);
}
