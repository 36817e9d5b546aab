// The fal call: the code of fal.ai's documentation, with the import changed.
import { createFalClient, fal } from "fal-wasm";

/** @import { Entry, Listeners, Made, Wish } from "./types.d.ts" */

// Jobs are saved until their videos are here, so that a reload loses none.
fal.config({ proxyUrl: "/api/fal/proxy", persist: true });

/**
 * A client of its own for a key, so that the key is not left in the shared one.
 * @param {string | undefined} key
 */
const clientFor = (key) =>
  key ? createFalClient({ credentials: key, suppressLocalCredentialsWarning: true, persist: true }) : fal;

/**
 * Makes the video. A `File` in `input` is uploaded by the client.
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
 * Goes on with a job that the page was left in the middle of.
 * @param {Pick<Listeners, "signal" | "onUpdate"> & { entry: Entry, key: string | undefined }} given
 * @returns {Promise<Made>}
 */
export function resume({ entry, key, signal, onUpdate }) {
  return clientFor(key).resume(entry, { abortSignal: signal, onQueueUpdate: onUpdate });
}

/**
 * The latest job that is unfinished, and that no other tab shows.
 * @returns {Promise<Entry | undefined>}
 */
export async function unfinished() {
  // Also those that were begun with a key.
  const pending = await fal.pending({ allRoutes: true });
  const ours = /** @type {Entry[]} */ (pending.filter(({ label }) => label?.mode));
  for (const entry of ours) if (entry.state === "expired") await fal.forget(entry);
  return ours.findLast(({ state, isFollowed }) => state === "pending" && !isFollowed);
}
