// The fal call: the code of fal.ai's documentation, with the import changed.
import { createFalClient, fal } from "fal-wasm";

fal.config({ proxyUrl: "/api/fal/proxy" });

/** A client of its own for a key, so that the key is not left in the shared one. */
const clientFor = (key) =>
  key ? createFalClient({ credentials: key, suppressLocalCredentialsWarning: true }) : fal;

/** Makes the video: resolves to `{ data, requestId }`. A `File` in `input` is uploaded by the client. */
export function run({ endpointId, input, key, signal, onUpload, onEnqueue, onUpdate }) {
  return clientFor(key).subscribe(endpointId, {
    input,
    logs: true,
    abortSignal: signal,
    onUploadProgress: onUpload,
    onEnqueue,
    onQueueUpdate: onUpdate,
  });
}
