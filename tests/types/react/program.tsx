// Components that use the hook. The endpoint gives the types of the input and the output, and each status has its own fields.

import { createFalClient, type Kandinsky5VideoOutput, type Progress } from "fal-wasm";
import { useFal, type FalJob, type FalJobActions, type RunJobOptions, type UseFalOptions, type UseFalResult } from "fal-wasm/react";
import { useState, type ReactElement } from "react";

declare module "fal-wasm" {
  interface EndpointTypeMap {
    "acme/up": { input: { scale: number }; output: { factor: number } };
  }
}

const client = createFalClient({ proxyUrl: "/api/fal/proxy", persist: true });
const options: UseFalOptions = { key: "cover", client, persist: false, logs: false, priority: "low", timeout: 300_000, mode: "polling", onUploadProgress: ({ loaded }) => console.log(loaded) };
const more: RunJobOptions = { label: { title: "Leaves" }, hint: "same-runner" };

export function ImageToVideo(): ReactElement {
  const [photo, setPhoto] = useState<File>();
  const { run, cancel, reset, resume, status, isRunning, progress, logs, data, error, requestId, label } = useFal("fal-ai/kandinsky5-pro/image-to-video");
  const report: Progress | undefined = progress;
  return (
    <form onSubmit={(event) => (event.preventDefault(), photo && void run({ prompt: "x", image_url: photo, resolution: "1024P" }, more))}>
      <input type="file" onChange={(event) => setPhoto(event.target.files?.[0])} />
      <button disabled={isRunning}>{status}</button>
      <button type="button" onClick={cancel} />
      <button type="button" onClick={reset} />
      <button type="button" onClick={resume} />
      {report?.phase === "uploading" && <progress value={report.loaded} max={report.total} />}
      {logs.map((log) => log.message.toUpperCase())}
      {data && <video src={data.video.url} />}
      {error && <p role="alert">{error.message}</p>}
      {requestId?.length} {label?.title}
    </form>
  );
}

/** `status` narrows the other fields, even after destructuring. */
export function words(job: UseFalResult<{ scale: number }, { factor: number }>): string {
  const { status, data, error } = job;
  if (status === "success") return data.factor.toFixed();
  if (status === "error") return error.message;
  const nothing: undefined = data ?? error;
  return String(nothing);
}

export async function Typed(id: string): Promise<number> {
  const up: FalJob<{ factor: number }> & FalJobActions<{ scale: number }, { factor: number }> = useFal("acme/up", options);
  const result = await up.run({ scale: 2 });
  const any = useFal(id);
  await any.run({ what: "ever" });
  const video: FalJob<Kandinsky5VideoOutput> = useFal("fal-ai/kandinsky5-pro/text-to-video", { key: undefined, client: undefined });
  console.log(any.data?.anything, video.data?.video.url, result?.timings?.total);
  return result?.data.factor ?? 0;
}
