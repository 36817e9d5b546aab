// TanStack AI's fal adapter, which uses the official client, against the emulator. The versions are the newest that fit
// together: later adapters ask for a @tanstack/ai that the registry does not serve.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generateVideo, getVideoJobStatus } from "@tanstack/ai";
import { falVideo } from "@tanstack/ai-fal";
import { until } from "../support/client.mjs";
import { startEmulator } from "../support/emulator.mjs";
import { DISTILL, KEY, STRICT } from "./support/endpoints.mjs";
import { failure } from "./support/failure.mjs";
import { assertVideo, download } from "./support/mp4.mjs";
import { fetchFrom } from "./support/redirect.mjs";

let emulator;
let sent;
const ownFetch = globalThis.fetch;
before(async () => {
  emulator = await startEmulator({ args: STRICT });
  sent = [];
  // The adapter takes no `fetch`.
  globalThis.fetch = fetchFrom(emulator.url, { fetch: ownFetch, note: (request) => sent.push(request) });
});
after(() => {
  globalThis.fetch = ownFetch;
  return emulator?.stop();
});

/** Submits a job and waits until it has ended. Returns its last status. */
async function made(adapter, options) {
  const { jobId } = await generateVideo({ adapter, ...options });
  return until(async () => {
    const status = await getVideoJobStatus({ adapter, jobId });
    return status.status === "completed" || status.status === "failed" ? status : undefined;
  });
}

test("makes a video, by the queue and with the key", async () => {
  const { url } = await made(falVideo(DISTILL, { apiKey: KEY }), { prompt: "a river", modelOptions: { aspect_ratio: "1:1" } });
  assertVideo(await download(url), { width: 512, height: 512 });
  assert.deepEqual([sent[0].method, sent[0].url], ["POST", `https://queue.fal.run/${DISTILL}`]);
  for (const { headers } of sent) assert.equal(headers.get("authorization"), `Key ${KEY}`);
});

test("says of a refused input which field is wrong", async () => {
  const refused = await made(falVideo(DISTILL, { apiKey: KEY }), { prompt: "x", modelOptions: { aspect_ratio: "9:1" } }).then(
    (status) => status.error,
    (error) => error.message,
  );
  assert.match(refused, /body\.aspect_ratio: Input should be/);
});

test("rejects a wrong key with the service's status", async () => {
  const error = await failure(generateVideo({ adapter: falVideo(DISTILL, { apiKey: "key-id:other" }), prompt: "x", debug: false }));
  assert.equal(error.status, 401);
});
