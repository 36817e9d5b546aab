// What the official types refuse and these take: a call of the official README that gives no
// options, and the options that only this package has.

import { createFalClient, fal, FalError, type Config } from "fal-wasm";

declare const file: File;
declare const abortSignal: AbortSignal;

const result = await fal.run("user/app-alias");
const config: Config = { files: "auto", validate: false, retry: { resubmit: true } };
const client = createFalClient(config);

const onUploadProgress = ({ loaded, total }: { loaded: number; total: number }) => console.log(loaded / total);
await client.subscribe("acme/app", {
  input: { image_url: file },
  files: "inline",
  validate: false,
  onUploadProgress,
  hint: "same-runner",
  // The official types have no `undefined` here where `exactOptionalPropertyTypes` is set.
  abortSignal: undefined,
});
await client.storage.upload(file, { onUploadProgress, abortSignal });
try {
  console.log(result.data);
} catch (error) {
  if (error instanceof FalError && error.code === "network") console.log(error.requestId);
}
