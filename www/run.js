// The fal call: the code of fal.ai's documentation, with the import changed.
import { createFalClient, fal } from "fal-wasm";

// Jobs are saved until their videos are here, so that a reload loses none.
fal.config({ proxyUrl: "/api/fal/proxy", persist: true });

/** A client of its own for a key, so that the key is not left in the shared one. */
const clientFor = (key) =>
  key ? createFalClient({ credentials: key, suppressLocalCredentialsWarning: true, persist: true }) : fal;

/** Makes the video: resolves to `{ data, requestId }`. A `File` in `input` is uploaded by the client. */
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

/** Goes on with a job that the page was left in the middle of. */
export function resume({ entry, key, signal, onUpdate }) {
  return clientFor(key).resume(entry, { abortSignal: signal, onQueueUpdate: onUpdate });
}

/** The latest job that is unfinished, and that no other tab shows. */
export async function unfinished() {
  // Also those that were begun with a key.
  const ours = (await fal.pending({ allRoutes: true })).filter(({ label }) => label?.mode);
  for (const entry of ours) if (entry.state === "expired") await fal.forget(entry);
  return ours.findLast(({ state, isFollowed }) => state === "pending" && !isFollowed);
}
