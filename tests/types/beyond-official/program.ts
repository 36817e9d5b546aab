// A call of the official README without options, which the official types refuse, and the options that only this package has.

import { createFalClient, fal, FalError, type Config, type PendingEntry, type PendingStore, type Progress } from "fal-wasm";

declare const file: File;
declare const abortSignal: AbortSignal;

const result = await fal.run("user/app-alias");
const config: Config = { files: "auto", validate: false, retry: { submit: "always" } };
const client = createFalClient(config);

const onUploadProgress = ({ loaded, total }: { loaded: number; total: number }) => console.log(loaded / total);
await client.subscribe("acme/app", {
  input: { image_url: file },
  files: "inline",
  validate: false,
  onUploadProgress,
  hint: "same-runner",
  // With `exactOptionalPropertyTypes`, the official types do not allow `undefined` here.
  abortSignal: undefined,
});
const shown = (report: Progress): string => {
  if (report.phase === "reconnecting" || report.phase === "offline") return `${report.phase} since ${new Date(report.since).toLocaleTimeString()}`;
  if (report.phase === "uploading") return `${report.loaded} of ${report.total} bytes`;
  return report.phase === "queued" ? `${report.queuePosition} ahead` : `${report.phase} ${report.progress}`;
};
await client.subscribe("acme/app", { input: {}, onProgress: (report) => console.log(shown(report)) });
await client.storage.upload(file, { onUploadProgress, abortSignal, multipartThreshold: Infinity, partSize: 16 * 2 ** 20, stallTimeout: 60_000 });
const kept = new Map<string, PendingEntry>();
const store: PendingStore = { list: () => kept.values(), put: (entry) => kept.set(entry.requestId, entry), delete: async (id) => kept.delete(id) };
fal.config({ persist: store });
await fal.queue.submit("acme/app", { input: {}, persist: true, label: { title: "Leaves" } });
for (const entry of await fal.pending({ persist: store })) {
  if (entry.state === "expired" || entry.isFollowed) await fal.forget(entry);
  else (await fal.resume<{ video: string }>(entry, { logs: true, timeout: 60_000, wait: true, abortSignal })).data.video.length;
}
await fal.resume("request-id", { allRoutes: true, detachSignal: abortSignal });
for (const { route, expiredAt } of await fal.pending({ allRoutes: true })) console.log(route?.length, expiredAt?.toFixed());
try {
  console.log(result.data);
} catch (error) {
  if (error instanceof FalError && error.code === "network") console.log(error.requestId);
}
