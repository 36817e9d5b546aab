// The calls of the demo apps in the official repository, with only the import changed. Rewritten, without the apps' pages.
// They must compile with the official types, too.

import { createFalClient, fal as shared, type OutputType, type Result } from "fal-wasm";

declare const file: File;
declare const text: string;
declare const endpointId: string;
declare const show: (value: unknown) => void;
const seen: string[] = [];

const fal = createFalClient({
  proxyUrl: "/api/fal/proxy",
});

// The page that uses the queue.
const polled = await fal.subscribe(endpointId, {
  input: JSON.parse(text),
  logs: true,
  mode: "polling",
  pollInterval: 1000,
  onQueueUpdate(update) {
    if (update.status === "IN_PROGRESS" || update.status === "COMPLETED") {
      if (update.logs && update.logs.length > seen.length) {
        seen.push(...(update.logs || []).map((log) => log.message));
      }
    }
  },
});
show(polled);

// The page that uses streams.
const stream = await fal.stream(endpointId, { input: JSON.parse(text) });
for await (const partial of stream) show(partial);
show(await stream.done());

// The page that transcribes speech, with a file in the input.
const heard = await fal.subscribe("fal-ai/wizper", {
  input: { audio_url: file, version: "3" },
  logs: true,
  onQueueUpdate: (update) => update.status === "COMPLETED" && show(update.logs.length),
});
show(heard);

// The pages that use ComfyUI, with their own type for the output.
type ComfyOutput = { url: string; outputs: Record<string, any>[]; images: { url: string }[] };
const { data }: Result<ComfyOutput> = await fal.subscribe("comfy/fal-ai/image-to-video", {
  input: { loadimage_1: file },
});
show(data.images[0]?.url);

// The pages that make images. The endpoint's id gives the type of the output.
const images: OutputType<"fal-ai/lora"> | null = (
  await fal.subscribe("fal-ai/lora", { input: { prompt: text, model_name: "x", image_size: "square_hd" } })
).data;
show(images?.images[0]);

// The code on the server.
const server = await shared.run("110602490-lcm", { input: { prompt: text } });
show(server);
